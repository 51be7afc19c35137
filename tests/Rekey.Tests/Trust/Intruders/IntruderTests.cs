using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Support;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// An attacker who can write, restore, lock and delete everything in the state account, while processes die, delays Rekey and nothing more:
/// the same world without them ends in the same state, and every line of the ledger is true (T9).
/// </summary>
/// <remarks>
/// <c>REKEY_INTRUDER_SEED</c> plays one world again.
/// </remarks>
public sealed partial class IntruderTests(ITestOutputHelper output)
{
    /// <summary>How long a stolen version may stay trusted once nobody interferes: longer than any hint in a row can hold a rotation
    /// up.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromMinutes(45);

    private readonly ConcurrentBag<int> _moves = [];

    [Fact]
    public async Task Whoever_writes_the_state_account_delays_and_nothing_more()
    {
        if (Number("REKEY_INTRUDER_SEED") is { } seed)
        {
            await RunAsync(seed);
            return;
        }

        await Gen.Int[0, int.MaxValue].SampleAsync(RunAsync, iter: Runs.Of(10), threads: 1);
        output.WriteLine($"{_moves.Count} worlds, {_moves.Sum()} moves");
        Assert.True(_moves.Average() > 20, "Hardly anybody was there: this proves little.");
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : null;

    private async Task RunAsync(int seed)
    {
        var clean = await IntrudedWorld.PlayAsync(seed, intruded: false);
        var world = await IntrudedWorld.PlayAsync(seed, intruded: true);
        _moves.Add(world.Moves);
        try
        {
            AlwaysMustHold(clean);
            AlwaysMustHold(world);
            var (expected, actual) = WithoutSuperseded(await OutcomeAsync(clean), await OutcomeAsync(world));
            Assert.Equal(expected, actual);
        }
        catch (Exception e)
        {
            var ledger = world
                .Company.VerifiedLedger()
                .Select(l =>
                    $"{l.At:dd HH:mm} {l.Entry.Kind} {l.Entry.About} "
                    + $"{l.Entry.Facts.GetValueOrDefault("cause")}{l.Entry.Facts.GetValueOrDefault("answer")}"
                );
            throw new InvalidOperationException(
                $"Seed {seed}: {e.Message}\n{string.Join('\n', world.Told)}\n{string.Join('\n', ledger)}\n{string.Join('\n', clean.Told)}",
                e
            );
        }
    }

    private static void AlwaysMustHold(IntrudedWorld world)
    {
        var company = world.Company;
        var audit = new LedgerAudit(world).Read();
        foreach (var (at, key, revokedAt) in audit.Stolen)
        {
            StolenMustBeRevokedInTime(world, at, key, revokedAt);
        }

        ForgedMustBeStopped(world, audit);
        GrantsMustBeKept(world);

        // Whatever went out names only versions that were trusted, and none that was revoked before.
        var made = company
            .Vault.Made.Select(m => m.Thumbprint)
            .Concat(company.GovernedKeys.Keys.Select(b => company.Vault.VersionsOf(b.Key)[0].Public.PublicKey.Thumbprint))
            .ToHashSet(StringComparer.Ordinal);
        var revoked = company
            .VerifiedLedger()
            .Where(l => l.Entry.Kind == LedgerKinds.TrustEnded)
            .GroupBy(l => l.Entry.Facts["thumbprint"])
            .ToDictionary(g => g.Key, g => g.First().At);
        foreach (var (_, document, _, at) in company.Container.Written.Where(w => w.Name == TrustDocuments.TrustListName))
        {
            Assert.All(PublicAddress.ListOf(document)!.Keys, k =>
                Assert.True(
                    made.Contains(k.Thumbprint) && !(revoked.TryGetValue(k.Thumbprint, out var end) && end < at),
                    $"The list of {at} has {k.Thumbprint}"
                )
            );
        }
    }

    /// <summary>In time, or in time once nobody interferes any more.</summary>
    private static void StolenMustBeRevokedInTime(IntrudedWorld world, DateTimeOffset stolenAt, string key, DateTimeOffset? revokedAt)
    {
        var from = stolenAt > world.LastMove ? stolenAt : world.LastMove;
        Assert.True(
            revokedAt <= from + InTime,
            $"A version of {key} was stolen at {stolenAt}, nobody interfered from {world.LastMove} on, and it was revoked at {revokedAt}."
        );
    }

    /// <summary>Each forged token was refused before it expired: by the blocklist, or because its key was revoked. Only an intruder who was
    /// active all the time could hold it up for longer.</summary>
    private static void ForgedMustBeStopped(IntrudedWorld world, LedgerAudit audit)
    {
        var blocked = EverOnTheList(world.Company).ToHashSet(StringComparer.Ordinal);
        foreach (var (token, at) in world.Estate.Forged.Where(f => !blocked.Contains(f.Token.SigningInputSha256!)))
        {
            Assert.True(
                audit.RevokedAt(token.Kid!) is { } revokedAt && revokedAt <= token.ExpiresAt
                    || world.MovedAt.Exists(m => m >= token.ExpiresAt!.Value - InTime && m <= token.ExpiresAt),
                $"{token.Jti} was accepted at {at:O} and never refused."
            );
        }

        Assert.DoesNotContain(world.Estate.Honest, t => blocked.Contains(t.SigningInputSha256!));
    }

    private static void GrantsMustBeKept(IntrudedWorld world)
    {
        Assert.Empty(world.Estate.Lost);
        Assert.Subset(world.Estate.Removable, world.Estate.Access.Azure.Removed.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>What a world came to, without what is random.</summary>
    private static async Task<string> OutcomeAsync(IntrudedWorld world)
    {
        var company = world.Company;
        var history = await company.NewProcess().TrustLedger.ReadAsync(default);
        var ledger = company.VerifiedLedger();
        var lines = new List<string>();
        foreach (var key in company.GovernedKeys.Keys.Select(b => b.Key))
        {
            var list = company.TrustList.Keys.Where(k => k.KeyId == key.Id).ToList();
            var jwks = company.JwksOf(company.GovernedKeys.Find(key.Id).Issuer.Name);
            var first = company.Vault.VersionsOf(key)[0].Public;
            lines.Add(
                $"{key.Id}: {history.TrustedOf(key.Id).Count()} trusted, {list.Count(k => k.Current)} of {list.Count} current, "
                    + $"{list.Count(k => k.Window.IssuedUntil is null)} open, "
                    + $"{list.Count(k => jwks.Contains(k.Thumbprint))} published, "
                    + $"first {(history.IsRevoked(first.PublicKey.Thumbprint) ? "revoked" : "trusted")}, "
                    + $"{company.Vault.VersionsOf(key).Count(v => v.Public.CanSign)} can sign, running "
                    + $"{company.RotationOf(key)?.IsActive ?? false}"
            );
        }

        foreach (var departure in company.Departures.All.OrderBy(d => d.Id, StringComparer.Ordinal))
        {
            lines.Add(
                $"{departure.Id}: confirmed {departure.Confirmed}, hostile {departure.Hostile}, settled {departure.SettledAt is not null}: "
                    + string.Join(
                        ", ",
                        departure.Plan.Select(p => $"{p.KeyId} {p.Urgency} {p.Mode} {CameTo(ledger, p.KeyId, departure.Cause)}")
                    )
            );
        }

        lines.Add($"forged: {string.Join(' ', world.Estate.Forged.Where(f => world.Estate.IsRaised(f.Token)).Select(f => f.Token.Jti))}");
        lines.Add($"honest: {string.Join(' ', world.Estate.Honest.Where(world.Estate.IsAccused).Select(t => t.Jti))}");
        var roles = world.Estate.Access.Azure.Assignments.Select(a => $"{a.PrincipalId[^3..]} {a.RoleId[^3..]}");
        lines.Add($"roles: {string.Join(' ', roles.Order(StringComparer.Ordinal))}");
        lines.AddRange(
            company
                .Findings.Open.Where(f => f.Kind.StartsWith("vault-", StringComparison.Ordinal) || f.Kind == FindingKinds.TokensLost)
                .Select(f => $"{f.Kind} {f.About}")
                .Order(StringComparer.Ordinal)
        );
        lines.Add($"blocked: {string.Join(' ', await EverBlockedAsync(world))}");

        // A question about a role is asked again until an approver answers.
        var open = ledger.Count(l =>
            l.Entry.Kind == LedgerKinds.DecisionAsked
            && l.Entry.Facts["kind"] != DecisionKinds.RemoveGrant
            && !IsAnsweredOrExpired(ledger, l.Entry.Facts["decision"])
        );
        lines.Add($"left over: {open} questions");
        return string.Join('\n', lines);
    }

    private static string CameTo(IReadOnlyList<LedgerLine> ledger, string key, string cause) =>
        ledger.LastOrDefault(l => l.Entry.About == key && l.Entry.Facts.GetValueOrDefault("cause") == cause)?.Entry.Kind switch
        {
            LedgerKinds.RotationAdmitted or LedgerKinds.RotationWidened => "admitted",
            LedgerKinds.RotationSuperseded => "superseded",
            LedgerKinds.RotationDeclined => "declined",
            var other => other ?? "unknown",
        };

    /// <summary>
    /// Whether another rotation came first depends on the time at which each request came, so a request that was superseded in one of the
    /// worlds may have any outcome in the other. The audit of each world checks that no version from before it was trusted then, and that
    /// a person declined it where it was declined.
    /// </summary>
    private static (string One, string Other) WithoutSuperseded(string one, string other)
    {
        var (ones, others) = (Outcomes().Matches(one), Outcomes().Matches(other));
        return ones.Count == others.Count ? (Alike(one, others), Alike(other, ones)) : (one, other);

        static string Alike(string text, MatchCollection there)
        {
            var n = 0;
            return Outcomes().Replace(text, here => there[n++].Value is "superseded" ? "superseded" : here.Value);
        }
    }

    [GeneratedRegex("admitted|declined|superseded", RegexOptions.NonBacktracking)]
    private static partial Regex Outcomes();

    private static bool IsAnsweredOrExpired(IReadOnlyList<LedgerLine> ledger, string decision) =>
        ledger.Any(l =>
            l.Entry.Kind is LedgerKinds.DecisionAnswered or LedgerKinds.DecisionExpired or LedgerKinds.DecisionWithdrawn
            && l.Entry.Facts["decision"] == decision
        );

    private static Blocklist ListOf(Company company, LedgerEntry change) =>
        BlockDocuments.ReadList(
            company.BlockFiles.Written[
                BlockDocuments.FileOf(new(long.Parse(change.Facts["number"], CultureInfo.InvariantCulture), change.Facts["sha256"]))
            ]
        );

    private static IEnumerable<string> EverOnTheList(Company company) =>
        company
            .VerifiedLedger()
            .Where(l => l.Entry.Kind == LedgerKinds.BlocklistChanged)
            .SelectMany(l => ListOf(company, l.Entry).Entries)
            .Select(e => e.Value);

    /// <summary>Every token that an operator asked to block and that stood on the list at some time; each entry there was
    /// approved.</summary>
    private static async Task<IEnumerable<string>> EverBlockedAsync(IntrudedWorld world)
    {
        var company = world.Company;
        var forged = world.Estate.Forged.Select(f => f.Token.SigningInputSha256!);
        var ever = EverOnTheList(company).Except(forged, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(world.Blocked, ever);

        // Gateways have the list that the ledger names, whatever was in its place.
        var list = await company.NewProcess().ReadBlocklist.ReadAsync(default);
        Assert.Equal(
            (list.Number, list.Sha256),
            (Rekey.Tests.Blocking.BlockingGateway.Full(company).Number, Rekey.Tests.Blocking.BlockingGateway.Full(company).Sha256)
        );
        return ever.Order(StringComparer.Ordinal);
    }
}
