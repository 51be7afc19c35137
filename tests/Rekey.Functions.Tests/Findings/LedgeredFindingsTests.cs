using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;

namespace Rekey.Functions.Tests.Findings;

/// <summary>Whether a finding is open is what the ledger says, and it reaches people also when the ledger is what is broken.</summary>
public sealed class LedgeredFindingsTests
{
    private static readonly Finding Broken = new(
        "ledger-broken",
        "prod",
        Severity.Critical,
        "The ledger does not hold together.",
        "Stop Rekey.",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["line"] = "7" },
        DateTimeOffset.UnixEpoch,
        DateTimeOffset.UnixEpoch
    );

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KeptFindings _kept;

    public LedgeredFindingsTests() => _kept = new(_clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<string> Told => _kept.Lines.Select(l => l.Entry.Kind);

    [Fact]
    public async Task A_broken_ledger_does_not_swallow_the_finding_that_says_so()
    {
        _kept.Failure = LedgerChain.Broken("line 7 does not follow line 6");
        await _kept.Findings.RaiseAsync(Broken, Cancel);
        Assert.StartsWith("Error Critical finding: The ledger does not hold together.", Assert.Single(_kept.Log), StringComparison.Ordinal);
        Assert.Equal(Broken, Assert.Single(_kept.Findings.Unrecorded));

        // The timer comes each minute, people hear of it each hour.
        await _kept.Findings.RaiseAsync(Broken, Cancel);
        Assert.Single(_kept.Log);
        _clock.Advance(TimeSpan.FromHours(1));
        await _kept.Findings.RaiseAsync(Broken, Cancel);
        Assert.Equal(2, _kept.Log.Count);
    }

    /// <summary>Titles, remedies and evidence repeat what other services answered.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_finding_goes_to_log_and_ledger_without_tokens_and_signed_links(bool isBroken)
    {
        const string hush = "eyAiYWxnIjoiRVMyNTYifQ.eyJzdWIiOiJodXNoIn0.HUSHhush";
        const string link = "https://x.blob.core.windows.net/c?se=1&sig=HUSHhush";
        _kept.Failure = isBroken ? LedgerChain.Broken("line 7 does not follow line 6") : null;
        await _kept.Findings.RaiseAsync(
            Broken with
            {
                Title = $"The vault refuses {hush}.",
                Remedy = $"Ask who sent {link}.",
                Evidence = new Dictionary<string, string>(StringComparer.Ordinal) { ["seen"] = hush, ["line"] = "7" },
            },
            Cancel
        );
        var text = string.Join('\n', [.. _kept.Log, .. _kept.Lines.Select(l => LedgerChain.Format(l).ToString())]);
        text += string.Concat(
            _kept.Findings.Unrecorded.Concat(_kept.All).Select(f => $"{f.Title} {f.Remedy} {string.Join(' ', f.Evidence)}")
        );
        Assert.DoesNotContain("HUSH", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("eyJzdWIi", text, StringComparison.Ordinal);
        Assert.Contains("The vault refuses (removed).", text, StringComparison.Ordinal);
        Assert.Contains("[line, 7]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_storage_is_away_the_log_has_it_and_the_caller_comes_again()
    {
        _kept.Failure = new RetryLaterException("storage is down");
        await Assert.ThrowsAsync<RetryLaterException>(() => _kept.Findings.RaiseAsync(Broken, Cancel));
        Assert.StartsWith("Error Critical finding:", Assert.Single(_kept.Log), StringComparison.Ordinal);

        _kept.Failure = null;
        await _kept.Findings.RaiseAsync(Broken, Cancel);
        Assert.Equal([LedgerKinds.FindingRaised], Told);
        Assert.Empty(_kept.Findings.Unrecorded);
    }

    [Fact]
    public async Task What_comes_again_is_told_again()
    {
        for (var n = 1; n <= 3; n++)
        {
            await _kept.Findings.RaiseAsync(Broken, Cancel);
            await _kept.Findings.RaiseAsync(Broken, Cancel);
            await _kept.Findings.CloseAsync(Broken.Id, "It is over.", Cancel);
            await _kept.Findings.CloseAsync(Broken.Id, "It is over.", Cancel);
        }

        Assert.Equal(Enumerable.Repeat<string[]>([LedgerKinds.FindingRaised, LedgerKinds.FindingClosed], 3).SelectMany(k => k), Told);
        Assert.Equal(3, _kept.Log.Count(l => l.StartsWith("Error Critical finding:", StringComparison.Ordinal)));
        Assert.Equal((3, "It is over."), (Assert.Single(_kept.All).Opening, _kept.All[0].ClosedBecause));
    }

    [Fact]
    public async Task That_it_has_grown_or_become_worse_is_told()
    {
        await _kept.Findings.RaiseAsync(Broken with { Milestone = "4", Severity = Severity.High }, Cancel);
        await _kept.Findings.RaiseAsync(Broken with { Milestone = "4000", Severity = Severity.High }, Cancel);
        await _kept.Findings.RaiseAsync(Broken with { Milestone = "4000" }, Cancel);
        await _kept.Findings.RaiseAsync(Broken with { Milestone = "4000" }, Cancel);
        Assert.Equal([LedgerKinds.FindingRaised, LedgerKinds.FindingUpdated, LedgerKinds.FindingUpdated], Told);

        // The alert rule hears of what is critical now.
        Assert.Equal(["Error High", "Error Critical"], _kept.Log.Select(l => string.Join(' ', l.Split(' ').Take(2))));
        Assert.Equal(Severity.Critical, Assert.Single(_kept.Recorded.Open).Severity);
    }

    /// <summary>A reminder must wake people as the first report did.</summary>
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_milestone_goes_to_the_alert_rule_only_where_the_finding_says_so(bool alerts, int logged)
    {
        foreach (var milestone in new[] { "asked", "reminded", "reminded" })
        {
            await _kept.Findings.RaiseAsync(Broken with { Milestone = milestone, AlertsAtMilestones = alerts }, Cancel);
        }

        Assert.Equal(logged, _kept.Log.Count);
        Assert.Equal([LedgerKinds.FindingRaised, LedgerKinds.FindingUpdated], Told);
    }

    [Fact]
    public async Task Newer_evidence_is_on_record_once_an_hour_and_the_same_never()
    {
        // Rekey sees the end of this kind, so that it needs no line while it lasts.
        var stuck = Broken with { Kind = FindingKinds.RotationStuck };
        for (var minute = 0; minute < 150; minute++)
        {
            await _kept.Findings.RaiseAsync(
                stuck with
                {
                    Evidence = new Dictionary<string, string>(StringComparer.Ordinal) { ["line"] = $"{minute}" },
                },
                Cancel
            );
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([LedgerKinds.FindingRaised, LedgerKinds.FindingUpdated, LedgerKinds.FindingUpdated], Told);
        Assert.Equal("120", _kept.Recorded.FindOpen(stuck.Id)!.Evidence["line"]);
        _clock.Advance(TimeSpan.FromDays(1));
        await _kept.Findings.RaiseAsync(_kept.Recorded.FindOpen(stuck.Id)!, Cancel);
        Assert.Equal(3, _kept.Lines.Count);
        Assert.Single(_kept.Log);
    }

    [Fact]
    public async Task The_ledger_alone_says_all_that_was_told_of_a_finding()
    {
        var finding = Broken with { Milestone = "4", FirstSeen = _clock.GetUtcNow().AddHours(-1), LastSeen = _clock.GetUtcNow() };
        await _kept.Findings.RaiseAsync(finding, Cancel);
        Assert.Equivalent(finding with { RaisedAt = _clock.GetUtcNow() }, _kept.Recorded.FindOpen(finding.Id), strict: true);
    }

    [Fact]
    public async Task Of_a_loops_findings_those_that_were_not_seen_again_are_closed()
    {
        Finding[] all =
        [
            Refused("publish", "away"),
            Refused("publish", "forbidden"),
            Refused("publish all", "away"),
            Refused("look", "away"),
        ];
        foreach (var finding in all)
        {
            await _kept.Findings.RaiseAsync(finding, Cancel);
        }

        await _kept.Findings.RaiseAsync(Broken with { About = "publish: away" }, Cancel);
        await _kept.Findings.CloseOthersAsync("cannot-continue", "publish: ", [all[1].Id], "It works again.", Cancel);
        Assert.Equal([all[0].Id], _kept.Lines.Where(l => l.Entry.Kind == LedgerKinds.FindingClosed).Select(l => l.Entry.Facts["finding"]));
    }

    [Fact]
    public async Task Of_those_that_are_closed_the_last_are_kept_and_every_open_one()
    {
        await _kept.Findings.RaiseAsync(Broken, Cancel);
        for (var n = 0; n <= RecordedFindings.MaxClosed; n++)
        {
            await _kept.Findings.RaiseAsync(Broken with { About = $"{n}" }, Cancel);
            await _kept.Findings.CloseAsync(Finding.IdOf(Broken.Kind, $"{n}"), "It is over.", Cancel);
        }

        var recorded = _kept.Recorded;
        Assert.Equal(RecordedFindings.MaxClosed + 1, recorded.All.Count());
        Assert.Null(recorded.Find(Finding.IdOf(Broken.Kind, "0")));
        Assert.NotNull(recorded.FindOpen(Broken.Id));
    }

    private static Finding Refused(string what, string reason) =>
        new(
            "cannot-continue",
            $"{what}: {reason}",
            Severity.High,
            "Refused.",
            "Mend it.",
            new Dictionary<string, string>(StringComparer.Ordinal),
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch
        );
}
