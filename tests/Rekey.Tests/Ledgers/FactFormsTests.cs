using System.Reflection;
using Rekey.Blocking;
using Rekey.Compliance;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Notifications.Channels;
using Rekey.Notifications.Incidents;
using Rekey.Rotations;
using Rekey.Tests.Blocking;
using Rekey.Tests.Departures.CuttingOff;
using Rekey.Tests.Departures.Feed;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Exposures;
using Rekey.Tests.VaultAccess;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Ledgers;

/// <summary>
/// Every kind of ledger line as it is written today, in <c>facts.golden.ndjson</c>. What stands in a ledger is read for years: a kind
/// that is new or looks different is a decision, and shows in that file's history.
/// </summary>
public sealed class FactFormsTests
{
    private const string Renew = "REKEY_RENEW_FACTS";

    /// <summary>Written by the functions, with dead letters, and by the readers of logs.</summary>
    private static readonly string[] WrittenElsewhere =
    [
        LedgerKinds.InputDeadLettered,
        LedgerKinds.InputsCounted,
        LedgerKinds.BatchJudged,
        LedgerKinds.BatchesAgain,
        LedgerKinds.SecurityEventTaken,
    ];

    private readonly List<LedgerLine> _lines = [];

    [Fact]
    public async Task Every_kind_of_line_looks_as_it_did()
    {
        await BaselineAndImmediateAsync();
        await AskedAsync();
        await SecondAskedAsync();
        await GracefulThenWidenedAsync();
        await StuckAsync();
        await OrphanAsync();
        await BlocksAsync();
        await GrantsAsync();
        await CutOffAsync();
        await WatchedAsync();
        await AcceptedAsync();
        await AcceptedForBlocklistAsync();
        await StoppedAsync();
        await SegmentsAsync();
        await OvertakenAsync();
        await FindingsAsync();
        await NotifiedAsync();
        await FeedAsync();
        await ReconciledAsync();

        var forms = LedgerForms.Of(_lines);
        var file = Path.Combine(Root(), "tests", "Rekey.Tests", "Ledgers", "facts.golden.ndjson");
        if (Environment.GetEnvironmentVariable(Renew) is { Length: > 0 })
        {
            await File.WriteAllLinesAsync(file, forms);
        }

        var golden = await File.ReadAllLinesAsync(file);
        var changed = forms.Except(golden, StringComparer.Ordinal).Concat(golden.Except(forms, StringComparer.Ordinal)).ToList();
        Assert.True(
            changed.Count == 0,
            $"Ledger lines look different. If that is meant, run this test with {Renew}=1 and commit "
                + $"facts.golden.ndjson.\n{string.Join('\n', changed)}"
        );

        var missing = typeof(LedgerKinds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!)
            .Except(WrittenElsewhere)
            .Except(_lines.Select(l => l.Entry.Kind))
            .ToList();
        Assert.True(missing.Count == 0, $"No story of this test writes {string.Join(", ", missing)}: add one that does.");
    }

    /// <summary>A channel that took one notification, and not another.</summary>
    private async Task NotifiedAsync()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var (onRecord, channel) = (new NotificationLedger(process.Ledger, process.Reader), new NotificationChannel { Name = "oncall" });
        await onRecord.OpenAsync(channel, default);
        await process.TakeBaselines.RunAsync(default);
        var notification = Assert.Single((await onRecord.ReadAsync(default)).Kept);
        await onRecord.RecordSentAsync(channel, notification, default);
        await onRecord.RecordGivenUpAsync(channel, notification.Line + 1, "notification-refused", "notification-refused/0a0b", default);
        Take(company);
    }

    private async Task BaselineAndImmediateAsync()
    {
        var company = await Company.WithBaselineAsync();
        await TellAsync(company, hostile: false);
        await company.NewProcess().LeavesAsync(Company.Leaver, hostile: true);
        await company.NewProcess().WorkAsync();
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        await company
            .NewProcess()
            .Notice.NoticeAsync(
                new(
                    Company.Tenant,
                    Company.Leaver,
                    new("UserChanged", "event-9", company.Now, Reporter: null),
                    IsObservation: true,
                    Hostile: false
                ),
                default
            );
        await company.NewProcess().OrderAsync("departure-9", Urgency.Graceful, ResponseMode.Observe);
        Take(company);
    }

    /// <summary>A Graph subscription that is created, renewed, deleted and created again; and events that were not delivered.</summary>
    private async Task FeedAsync()
    {
        var world = new FeedWorld();
        await world.NewProcess().TickAsync();
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.NewProcess().TickAsync();
        world.Graph.Remove(world.Graph.Live[0].Id);
        await world.NewProcess().TickAsync();
        await world.TakeUpAsync(new(world.Now, "USER-CHANGES/2027/3/2/9/5d1c0d7e-77aa-4c5b-9a0f-0c1d2e3f4a5b.json"));
        _lines.AddRange(world.Lines);
    }

    /// <summary>A leaver whose key and whose new credential the watch sees, and a watch that ends.</summary>
    private async Task WatchedAsync()
    {
        var world = await WatchWorld.StartAsync();
        world.Does("keysign", 1);
        world.Adds(world.Leaver, "5b0b1a4e-0000-4000-8000-00000000a001");
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        await world.WatchAsync(TimeSpan.FromDays(8));
        Take(world.Company);
    }

    /// <summary>One question that is answered with yes, one with no, one that lapses, and one that carries itself out.</summary>
    private async Task AskedAsync()
    {
        foreach (var answer in new bool?[] { true, false, null })
        {
            var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
            await TellAsync(company, hostile: false);
            await company.NewProcess().DrainAsync();
            if (answer is { } yes)
            {
                await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), yes);
            }
            else
            {
                await company.NewProcess().LeavesAsync(Company.OtherLeaver);
                await company.NewProcess().DrainAsync();
                company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
                await company.NewProcess().SettleDecisions.RunAsync(default);
            }

            await company.NewProcess().WorkAsync();
            Take(company);
        }
    }

    /// <summary>An approver who was reported as leaving answers.</summary>
    private async Task SecondAskedAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await TellAsync(company, hostile: false);
        await company.NewProcess().DrainAsync();
        var approver = Guid.Parse("cccccccc-1111-4222-8333-cccccccccccc");
        company.Directory[approver] = PersonStanding.Enabled;
        await TellAsync(company, hostile: false, approver);
        await company
            .NewProcess()
            .SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: true, $"{approver}");
        Take(company);
    }

    private async Task GracefulThenWidenedAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.MaxKeyAge = TimeSpan.FromDays(1));
        await company.NewProcess().RotateByAge.RunAsync(default);
        await company.NewProcess().WorkAsync();
        company.Clock.Advance(TimeSpan.FromDays(2));
        await company.NewProcess().RotateByAge.RunAsync(default);
        await company.NewProcess().GoAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(5));
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();
        Take(company);
    }

    /// <summary>The vault refuses, and there is no other key: somebody is asked, and it goes on.</summary>
    private async Task StuckAsync()
    {
        var company = await Company.WithBaselineAsync();
        company.Vault.Fault = (call, _, _) =>
            _ = call == "rotate" ? throw new CannotContinueException("vault-forbidden", "No.", "Allow it.") : 0;
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        await company
            .NewProcess()
            .SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor), approve: true);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        company.Vault.Fault = (_, _, _) => { };
        await company.NewProcess().WorkAsync();
        Take(company);
    }

    /// <summary>A version is there when the rotation looks back that was not there before.</summary>
    private async Task OrphanAsync()
    {
        var company = await Company.WithBaselineAsync();
        var late = false;
        company.Vault.Fault = (call, key, _) =>
        {
            if (call == "list" && !late && company.Rotation.TrustEndedAt is not null)
            {
                late = true;
                company.Vault.Add(key);
            }
        };
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();
        Take(company);
    }

    /// <summary>A finding that is raised, acknowledged, updated and closed.</summary>
    private async Task FindingsAsync()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var onRecord = new FindingLedger(process.Reader);
        var finding = new Finding(
            FindingKinds.UnknownVersion,
            $"{company.Key.Id}/v9",
            Severity.High,
            "It.",
            "Do.",
            Facts.Of(("key", company.Key.Id)),
            company.Now,
            company.Now
        );
        await process.Ledger.AppendAsync(FindingLine.Raise(finding), default);
        await new AcknowledgeFinding(process.Ledger, onRecord, company.Clock).AcknowledgeAsync(
            finding.Id,
            "We know.",
            until: null,
            Company.Approver,
            default
        );
        var reported = (await onRecord.ReadAsync(default)).FindReported(finding.Id)!;
        await process.Ledger.AppendAsync(FindingLine.Update(reported.Finding, reported.Line), default);
        await process.Ledger.AppendAsync(FindingLine.Close(reported.Finding with { ClosedBecause = "It is over." }), default);
        Take(company);
    }

    private async Task BlocksAsync()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.SayAsync(
            await process.ProposeBlock.BlockAsync(
                BlockKind.Token,
                "login",
                "jti-1",
                issuedBefore: null,
                "why",
                Company.OtherLeaver.ToString(),
                default
            ),
            approve: true
        );
        company.Clock.Advance(TimeSpan.FromHours(2));
        await process.PublishBlocklist.PublishAsync(default);
        Take(company);
    }

    private async Task GrantsAsync()
    {
        var watch = await AccessWatch.StartAsync();
        watch.LetIn();
        await watch.SweepAsync();
        Take(watch.Company);
    }

    /// <summary>The published list has what the ledger lacks: a number, and the revocation of a key that it knows, or does not.</summary>
    private async Task AcceptedAsync()
    {
        var company = await Company.WithBaselineAsync();
        var list = company.TrustList with
        {
            Sequence = 9,
            Revoked = [company.TrustList.Keys[0].Thumbprint, company.Signer.Public.Thumbprint],
        };
        company.Container.Alter(
            TrustDocuments.TrustListName,
            await SignedDocument.SignAsync(company.Signer, TrustDocuments.TrustListType, TrustDocuments.Payload(list), default)
        );
        var process = company.NewProcess();
        var head = await process.Ledger.HeadAsync(default);
        await process.SayAsync(
            (await process.AcceptLedger.AskAsync(new(head.Lines, head.Hash), "why", $"{Company.OtherLeaver}", default))!,
            approve: true
        );
        Take(company);
    }

    private async Task ReconciledAsync()
    {
        var company = await Company.WithBaselineAsync();
        company.IsAudited = true;
        company.Accounts.Add(Company.Leaver, PersonStanding.Enabled);
        await company.NewProcess().Reconcile.RunAsync(default);
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        await company.NewProcess().Reconcile.RunAsync(default);
        Take(company);
    }

    private async Task AcceptedForBlocklistAsync()
    {
        var company = await CutBlocklistTests.CutAsync(kept: 1, gone: 2);
        var process = company.NewProcess();
        var head = await process.Ledger.HeadAsync(default);
        await process.SayAsync(
            (await process.AskToAcceptForBlocklist.AskAsync(new(head.Lines, head.Hash), "why", $"{Company.OtherLeaver}", default))!,
            approve: true
        );
        Take(company);
    }

    /// <summary>A graceful rotation is cancelled while Rekey is stopped, and two approvers start it.</summary>
    private async Task CutOffAsync()
    {
        foreach (var mode in new[] { ResponseMode.Enforce, ResponseMode.Observe })
        {
            var world = await CutOffWorld.StartAsync(mode);
            await world.LeaveAsync();
            world.Company.Clock.Advance(TimeSpan.FromHours(2));
            await world.Company.NewProcess().LookAgain.RunAsync(default);
            Take(world.Company);
        }
    }

    private async Task StoppedAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
        await company.NewProcess().GoAsync();
        var process = company.NewProcess();
        await process.StopAndStart.StopAsync($"{Company.OtherLeaver}", default);
        await process.Cancel.CancelAsync(company.Rotation.RouteId, Company.Approver, default);
        var start = (await process.StopAndStart.AskToStartAsync("why", $"{Company.OtherLeaver}", default))!;
        await process.SayAsync(start, approve: true);
        await process.WorkAsync();
        Take(company);
    }

    private async Task SegmentsAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Ledger.BlocksPerSegment = 4);
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();
        var process = company.NewProcess();
        var signer = new DocumentSigner();
        using var verify = new VerifyLedger(
            process.Ledger,
            process.Segments,
            new MemoryCheckpoints(),
            company.Findings.For(process.Fate),
            company.GovernedKeys,
            company.Clock,
            new(signer, signer.Public.Thumbprint)
        );
        Assert.NotNull(await verify.RunAsync(default));
        Take(company);
    }

    /// <summary>A rotation for another cause has done what a question asks for.</summary>
    private async Task OvertakenAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        Take(company);
    }

    private static Task TellAsync(Company company, bool hostile, Guid? person = null) =>
        company
            .NewProcess()
            .Notice.NoticeAsync(
                new(
                    Company.Tenant,
                    person ?? Company.Leaver,
                    new("ReportDeparture", "ticket-1", company.Now, $"{Company.OtherLeaver}"),
                    IsObservation: false,
                    hostile
                )
                {
                    NamedKeys = [company.Key.Id],
                },
                default
            );

    private void Take(Company company) => _lines.AddRange(company.VerifiedLedger());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
