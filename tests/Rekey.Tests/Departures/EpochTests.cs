using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures;

/// <summary>Told three times it is one departure; who comes back and leaves again leaves twice (T10).</summary>
public sealed class EpochTests
{
    [Fact]
    public async Task Told_by_three_at_once_it_is_one_departure()
    {
        var company = await Company.WithBaselineAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var results = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(i => company.NewProcess().Notice.NoticeAsync(Notice($"event-{i}"), default))
        );
        Assert.Single(results.Select(r => r.Departure!.Id).Distinct());
    }

    [Fact]
    public async Task Seen_enabled_by_two_the_epoch_moves_once()
    {
        var company = await Company.WithBaselineAsync();
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        await company.NewProcess().Notice.NoticeAsync(Notice("gone"), default);
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        await Task.WhenAll(
            company.NewProcess().Notice.NoticeAsync(Notice("back-1"), default),
            company.NewProcess().Notice.NoticeAsync(Notice("back-2"), default)
        );
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var again = await company.NewProcess().Notice.NoticeAsync(Notice("gone-again"), default);
        Assert.Equal(2, again.Departure!.Epoch);
    }

    /// <summary>T10: whoever reports a departure cannot have it closed by the next change of an account that was never disabled.</summary>
    [Fact]
    public async Task The_epoch_of_a_departure_that_was_never_confirmed_does_not_move()
    {
        var company = await Company.WithBaselineAsync();
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        var reported = await company.NewProcess().Notice.NoticeAsync(Notice("ticket-1") with { IsObservation = false }, default);
        Assert.False(reported.Departure!.Confirmed);

        await company.NewProcess().Notice.NoticeAsync(Notice("renamed"), default);
        company.Directory[Company.Leaver] = PersonStanding.Disabled;
        var confirmed = await company.NewProcess().Notice.NoticeAsync(Notice("gone"), default);
        Assert.Equal((reported.Departure.Id, 1, true), (confirmed.Departure!.Id, confirmed.Departure.Epoch, confirmed.Departure.Confirmed));
        Assert.Single(company.Departures.All);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.PersonEnabledAgain);
    }

    [Fact]
    public async Task A_change_of_somebody_who_is_still_there_is_no_departure()
    {
        var company = await Company.WithBaselineAsync();
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        Assert.Equal(NoticeOutcome.NotDeparted, (await company.NewProcess().Notice.NoticeAsync(Notice("renamed"), default)).Outcome);
    }

    private static DepartureReport Notice(string id) =>
        new(
            Company.Tenant,
            Company.Leaver,
            new("UserChanged", id, DateTimeOffset.UnixEpoch, Reporter: null),
            IsObservation: true,
            Hostile: false
        );
}
