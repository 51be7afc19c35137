using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;
using Rekey.Notifications.Channels;
using Rekey.Notifications.Incidents;

namespace Rekey.Tests.Notifications.Incidents;

/// <summary>How far a channel has got, and what it lost: by the lines of the ledger alone.</summary>
public sealed class NotificationStateTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly NotificationChannel Critical = new() { Name = "critical", MinimumSeverity = Severity.Critical };
    private static readonly NotificationChannel Late = new() { Name = "late", MinimumSeverity = Severity.Low };
    private static readonly NotificationChannel All = new() { Name = "all", MinimumSeverity = Severity.Informational };

    [Fact]
    public void A_channel_gets_what_comes_after_it_was_opened_once_and_in_order()
    {
        var state = Opened(1, Raised(NotificationState.None, 0), All);
        Assert.Null(state.NextFor(All));
        state = Raised(Raised(state, 2), 3);
        Assert.Equal(2, state.NextFor(All)!.Line);
        Assert.Null(state.NextFor(Critical));
        state = Sent(state, All, 2);
        Assert.Equal(3, state.NextFor(All)!.Line);

        // Two processes may record out of order: nothing is sent anew.
        state = Sent(Sent(state, All, 3), All, 2);
        Assert.Null(state.NextFor(All));
    }

    [Fact]
    public void An_incident_is_new_to_a_channel_that_was_opened_in_its_middle()
    {
        var state = Opened(1, NotificationState.None, All);
        var finding = new Finding("x", "x", Severity.High, "It happened.", "Look.", Facts(), Now, Now);
        state = Take(state, 2, FindingLine.Raise(finding));
        state = Opened(3, state, Critical);
        state = Opened(3, state, Late);
        state = Take(state, 4, FindingLine.Update(finding with { Severity = Severity.Critical }, 1));
        state = Take(state, 5, FindingLine.Close(finding with { Severity = Severity.Critical, ClosedBecause = "It is over." }));

        Assert.Equal([true, false, false], state.Kept.Select(n => state.IsNew(n, All)));
        Assert.Equal(4, state.NextFor(Late)!.Line);
        foreach (var late in new[] { Late, Critical })
        {
            Assert.Equal([true, false], state.Kept.Where(n => n.Line > 3).Select(n => state.IsNew(n, late)));
        }

        // Two processes may open it: the first line counts.
        state = Opened(6, state, Late);
        Assert.Equal([true, false], state.Kept.Where(n => n.Line > 3).Select(n => state.IsNew(n, Late)));
        Assert.Equal(4, state.NextFor(Late)!.Line);
    }

    [Fact]
    public void The_last_thousand_are_kept_and_a_channel_knows_whether_it_lost_any()
    {
        var state = Opened(1, Opened(1, NotificationState.None, All), Critical);
        for (var line = 2; line < 2 + NotificationState.MaxKept; line++)
        {
            state = Raised(state, line);
        }

        Assert.Null(state.LostFor(All));
        state = Raised(Raised(state, 2000), 2001);
        Assert.Equal(NotificationState.MaxKept, state.Kept.Count);
        Assert.Equal(3, state.LostFor(All));
        Assert.Equal(4, state.NextFor(All)!.Line);

        // Those were of no concern to a channel for critical incidents.
        Assert.Null(state.LostFor(Critical));
        Assert.Null(Sent(state, All, 3).LostFor(All));
    }

    private static NotificationState Opened(long line, NotificationState state, NotificationChannel channel) =>
        Take(state, line, new($"opened/{channel.Name}", LedgerKinds.NotificationChannelOpened, channel.Name, Facts()));

    private static NotificationState Sent(NotificationState state, NotificationChannel channel, long sent) =>
        Take(state, 5000, new($"sent/{sent}", LedgerKinds.NotificationSent, channel.Name, Facts(("line", $"{sent}"))));

    private static NotificationState Raised(NotificationState state, long line) =>
        Take(state, line, FindingLine.Raise(new("x", $"{line}", Severity.High, "It happened.", "Look.", Facts(), Now, Now)));

    private static NotificationState Take(NotificationState state, long line, LedgerEntry entry) =>
        IncidentLines.Take(state, new LedgerLine(line, Now, entry, ""));

    private static Dictionary<string, string> Facts(params (string Name, string Value)[] facts) =>
        facts.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
}
