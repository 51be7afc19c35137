using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Offboarding;

/// <summary>Whoever deletes or empties a rotation's row does not make a departure go away.</summary>
public sealed class LostRotationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_planned_and_is_gone_is_planned_again(bool deleted)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var old = company.TrustList.Keys.Single().Thumbprint;
        await process.LeavesAsync(Company.Leaver);
        await process.Assess.AssessAsync(company.Departures.All.Single().Id, default);
        company.Queues.Messages.Clear();
        company.Rotations.Tamper(r => deleted ? null : new Rotation(r.Key, r.Number));

        await process.TakeUpDepartures.RunAsync(default);
        Assert.Null(company.Departures.All.Single().SettledAt);
        await process.WorkAsync();
        Assert.Contains(old, company.TrustList.Revoked);
        Assert.NotNull(company.Departures.All.Single().SettledAt);
        Endurance.Outcome.MustHold(company);
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

    [Fact]
    public async Task A_rotation_that_nobody_can_read_holds_up_the_departure_of_nobody_else()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.Assess.AssessAsync(company.Departures.All.Single().Id, default);
        var other = Guid.Parse("ffffffff-0000-4000-8000-0000000000ab");
        await process.LeavesAsync(other, eventId: "event-2");
        company.Queues.Messages.Clear();
        var row = company.Rotation;
        company.Rotations.Tamper(_ => null);
        company.Rotations.Forge(Rotation.Live, row.Row, row with { IsArchived = true });

        await Assert.ThrowsAsync<CannotContinueException>(() => process.TakeUpDepartures.RunAsync(default));
        Assert.Contains($"{other}", Assert.Single(company.Queues.Messages).Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_row_that_nobody_can_read_holds_up_no_other_and_makes_the_next_departure_a_question()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        company.Departures.Forge("departure", "0-first-in-every-list", company.Departures.All.Single());

        await Assert.ThrowsAsync<CannotContinueException>(() => process.TakeUpDepartures.RunAsync(default));
        await process.DrainAsync();
        Assert.Equal(2, company.Decisions.All.Count(d => d.Kind == Rekey.Decisions.DecisionKinds.Rotate));
    }
}
