using Rekey.Checks;
using Rekey.Departures.Feed;
using Rekey.Findings;

namespace Rekey.Tests.Checks;

/// <summary>Every check is ok for a good deployment, and each fault makes its own check say what to run.</summary>
public sealed class AppChecksTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, (Func<AppFacts, AppFacts> Break, string Check, CheckState State, string Do)> Faults = new(
        StringComparer.Ordinal
    )
    {
        ["no token"] = (
            f => f with { Identity = new(null, "Silence.") },
            "graph permissions",
            CheckState.Unknown,
            "az functionapp identity"
        ),
        ["a permission is missing"] = (
            f => f with { Identity = new OwnIdentity("app", ["User.Read.All", "Application.Read.All"]) },
            "graph permissions",
            CheckState.Act,
            "GroupMember.Read.All"
        ),
        ["the ledger hides the feed"] = (
            f => f with { Feed = new(null, "Silence.") },
            "graph subscription",
            CheckState.Unknown,
            "evidence"
        ),
        ["no partner topic"] = (
            f => f with { Feed = new FeedFacts(new(), null, Now) },
            "graph subscription",
            CheckState.Act,
            "Rekey__Departures__Feed__PartnerTopicId"
        ),
        ["never created"] = (f => f with { Feed = Feed(null, Now) }, "graph subscription", CheckState.Act, "rekey findings"),
        ["gone"] = (
            f => f with { Feed = Feed(new() { GoneAt = Now, EndsAt = Now.AddDays(9) }, Now) },
            "graph subscription",
            CheckState.Act,
            "rekey findings"
        ),
        ["ended"] = (f => f with { Feed = Feed(Living(Now), Now) }, "graph subscription", CheckState.Act, "rekey findings"),
        ["ends soon"] = (f => f with { Feed = Feed(Living(Now.AddDays(6)), Now) }, "graph subscription", CheckState.Act, "rekey findings"),
        ["no event ever"] = (
            f => f with { Feed = Feed(Living(Now.AddDays(28)), null) },
            "events",
            CheckState.Act,
            "az eventgrid partner topic activate --resource-group rg --name pt-users"
        ),
        ["no event for days"] = (
            f => f with { Feed = Feed(Living(Now.AddDays(28)), Now.AddDays(-3)) },
            "events",
            CheckState.Act,
            "az eventgrid partner topic activate"
        ),
        ["a vault is silent"] = (
            f =>
                f with
                {
                    Vaults = new Dictionary<string, Known<int>> { ["kv-1"] = 3, ["kv-2"] = new(0, "Silence.") },
                },
            "vault kv-2",
            CheckState.Act,
            "rekey access --vault"
        ),
        ["no declaration"] = (f => f with { DeclaresVaults = false }, "roles", CheckState.Act, "Rekey__VaultAccess__Declaration"),
        ["a role is missing"] = (f => With(f, FindingKinds.RotationNotAllowed), "roles", CheckState.Act, "rekey findings show"),
        ["access was never swept"] = (f => f with { AccessSweptAt = (DateTimeOffset?)null }, "roles", CheckState.Act, "SweepVaultAccess"),
        ["access was swept long ago"] = (
            f => f with { AccessSweptAt = (DateTimeOffset?)Now.AddHours(-3) },
            "roles",
            CheckState.Act,
            "SweepVaultAccess"
        ),
        ["no logs"] = (f => f with { HasLogs = false }, "diagnostics", CheckState.Act, "WorkspaceId"),
        ["diagnostics are gone"] = (f => With(f, FindingKinds.VaultDiagnosticsGone), "diagnostics", CheckState.Act, "rekey findings show"),
        ["logs were swept long ago"] = (
            f => f with { LogsSweptAt = (DateTimeOffset?)Now.AddHours(-3) },
            "diagnostics",
            CheckState.Act,
            "SweepTokens"
        ),
        ["the document key is silent"] = (f => f with { DocumentKey = new(null, "403.") }, "document key", CheckState.Act, "rekey access"),
        ["no checkpoint key"] = (f => f with { Checkpoint = null }, "checkpoint key", CheckState.Act, "Rekey__Azure__CheckpointKeyVault"),
        ["the checkpoint key is silent"] = (
            f => f with { Checkpoint = new("thumb", new(null, "403.")) },
            "checkpoint key",
            CheckState.Act,
            "role"
        ),
        ["no thumbprint is pinned"] = (
            f => f with { Checkpoint = new(null, "thumb") },
            "checkpoint key",
            CheckState.Act,
            "evidence.checkpointThumbprint = 'thumb'"
        ),
        ["another thumbprint is pinned"] = (
            f => f with { Checkpoint = new("other", "thumb") },
            "checkpoint key",
            CheckState.Act,
            "Compare"
        ),
        ["the ledger is silent"] = (f => f with { LedgerLines = new(0, "Silence.") }, "ledger", CheckState.Act, "evidence account"),
        ["the ledger is broken"] = (f => With(f, FindingKinds.LedgerBroken), "ledger", CheckState.Act, "rekey findings show"),
        ["no list"] = (f => f with { Published = new(false, "No list was published.") }, "publication", CheckState.Act, "rekey findings"),
        ["a revocation waits"] = (
            f => f with { UnpublishedSince = (DateTimeOffset?)Now.AddMinutes(-5) },
            "publication",
            CheckState.Act,
            "rekey findings"
        ),
        ["it is stopped"] = (f => f with { StoppedBy = new(["operator"], Failure: null) }, "running", CheckState.Act, "rekey start"),
        ["no clock"] = (f => f with { EntraTime = new(default, "Silence.") }, "clock", CheckState.Unknown, "Entra"),
        ["a clock ahead"] = (f => f with { EntraTime = Now.AddSeconds(-61) }, "clock", CheckState.Act, "az functionapp restart"),
        ["a clock behind"] = (f => f with { EntraTime = Now.AddSeconds(61) }, "clock", CheckState.Act, "az functionapp restart"),
        ["a severe finding"] = (f => With(f, FindingKinds.RotationStuck), "findings", CheckState.Act, "rekey findings list"),
        ["findings are hidden"] = (f => f with { OpenFindings = new(null, "Silence.") }, "findings", CheckState.Unknown, "evidence"),
    };

    public static TheoryData<string> All => [.. Faults.Keys];

    [Fact]
    public void A_good_deployment_is_ok_in_every_check()
    {
        var checks = AppChecks.Judge(Good);
        Assert.All(checks, c => Assert.True(c is { State: CheckState.Ok, Do: null, Says.Length: > 10 }, $"{c}"));
        Assert.Equal(checks.Count, checks.Select(c => c.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_fault_shows_in_its_check_with_what_to_do(string fault)
    {
        var (breaks, name, state, what) = Faults[fault];
        var checks = AppChecks.Judge(breaks(Good));
        var check = Assert.Single(checks, c => c.Name == name);
        Assert.Equal(state, check.State);
        Assert.Contains(what, $"{check.Says} {check.Do}", StringComparison.Ordinal);
        Assert.All(checks.Where(c => c.State is not CheckState.Ok), c => Assert.True(c.Do?.Length > 10, $"{c}"));
    }

    /// <summary>A check that no fault breaks could say ok for ever.</summary>
    [Fact]
    public void Every_check_has_a_fault_but_the_one_that_the_start_itself_makes() =>
        Assert.Equal(
            ["references"],
            AppChecks
                .Judge(Good)
                .Select(c => c.Name.Split(' ')[0] == "vault" ? "vault kv-2" : c.Name)
                .Except(Faults.Values.Select(f => f.Check))
        );

    private static AppFacts Good =>
        new()
        {
            Now = Now,
            EntraTime = Now.AddSeconds(2),
            Identity = new OwnIdentity("app", ["User.Read.All", "GroupMember.Read.All", "Application.Read.All"]),
            NeededPermissions = ["User.Read.All", "GroupMember.Read.All", "Application.Read.All"],
            Feed = Feed(Living(Now.AddDays(28)), Now.AddHours(-1)),
            Vaults = new Dictionary<string, Known<int>> { ["kv-1"] = 3 },
            DocumentKey = "thumb-of-documents",
            Checkpoint = new("thumb", "thumb"),
            LedgerLines = 1234,
            DeclaresVaults = true,
            AccessSweptAt = (DateTimeOffset?)Now.AddHours(-1),
            HasLogs = true,
            LogsSweptAt = (DateTimeOffset?)Now.AddHours(-1),
            Published = true,
            UnpublishedSince = (DateTimeOffset?)null,
            StoppedBy = new([], Failure: null),
            OpenFindings = new([], Failure: null),
        };

    private static FeedFacts Feed(FeedSubscription? subscription, DateTimeOffset? last) =>
        new(
            new()
            {
                PartnerTopicId =
                    "/subscriptions/99999999-1111-4222-8333-444444444444/resourceGroups/rg/providers/Microsoft.EventGrid"
                    + "/partnerTopics/pt-users",
                Location = "westeurope",
            },
            subscription,
            last
        );

    private static FeedSubscription Living(DateTimeOffset until) =>
        new()
        {
            Id = Guid.NewGuid(),
            EndsAt = until,
            RenewedAt = until - FeedOptions.Lifetime,
        };

    private static AppFacts With(AppFacts facts, string kind) =>
        facts with
        {
            OpenFindings = new(
                [new(kind, "about", Severity.High, "It is so.", "Do it.", new Dictionary<string, string>(), Now, Now)],
                Failure: null
            ),
        };
}
