using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures;

/// <summary>Nobody makes a departure go away by what they do to the row of a rotation.</summary>
public sealed class LostRotationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_planned_is_carried_out_although_its_row_was_deleted_or_emptied(bool deleted)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var old = company.TrustList.Keys.Single().Thumbprint;
        await process.LeavesAsync(Company.Leaver);
        await process.Assess.AssessAsync(company.Departures.All.Single().Id, default);
        company.Queues.Messages.Clear();
        company.Rotations.Rows.Tamper(r => deleted ? null : new Rotation(r.Key, r.Number));

        await process.ResumeDepartures.RunAsync(default);
        Assert.Null(company.Departures.All.Single().SettledAt);
        await process.WorkAsync();
        Assert.Contains(old, company.TrustList.Revoked);
        Assert.NotNull(company.Departures.All.Single().SettledAt);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    /// <summary>T10: the departure is on record, its message is gone and nobody sends the event again.</summary>
    [Fact]
    public async Task A_departure_whose_message_was_lost_is_taken_up_by_the_timer()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().LeavesAsync(Company.Leaver);
        Assert.Single(company.Queues.Messages);
        company.Queues.Messages.Clear();

        await company.NewProcess().WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
        Assert.NotNull(company.Departures.All.Single().SettledAt);
    }

    [Fact]
    public async Task What_was_carried_out_is_not_planned_again()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync();
        var versions = company.Vault.VersionsOf(company.Key).Count;

        await process.LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await process.WorkAsync();
        Assert.Equal(versions + 1, company.Vault.VersionsOf(company.Key).Count);
        Assert.All(company.Departures.All, d => Assert.NotNull(d.SettledAt));
    }
}
