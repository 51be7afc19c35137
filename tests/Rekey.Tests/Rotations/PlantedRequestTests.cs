using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations;

/// <summary>Whoever can write to the table of rotations, and not to the ledger, has no key rotated, and skips no approver.</summary>
public sealed class PlantedRequestTests
{
    private const string Kind = "rotation-not-on-record";

    [Fact]
    public async Task A_request_whose_decision_somebody_took_away_is_not_carried_out_and_is_planned_again()
    {
        var company = await Company.WithBaselineAsync();
        await OrderAsync(company);
        company.Rotations.Tamper(r => r with { Waiting = [.. r.Waiting.Select(w => w with { DecisionId = null })] });
        await company.NewProcess().GoAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Contains(company.Findings.Open, f => f.Kind == Kind);

        await OrderAsync(company);
        await company.NewProcess().GoAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Null((await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: true)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    [Fact]
    public async Task A_request_that_nobody_planned_is_not_carried_out()
    {
        var company = await Company.WithBaselineAsync();
        company.Rotations.Forge(Rotation.Live, company.Key.Row, new(company.Key, Number: 1) { Waiting = [new("departure-9", Urgency.Immediate, company.Now, DecisionId: null)], NextStepAt = company.Now });
        await company.NewProcess().WorkAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Contains(company.Findings.Open, f => f.Kind == Kind);
    }

    /// <summary>A cause is planned once more, otherwise, when its row was lost and the mode has changed.</summary>
    [Fact]
    public async Task What_is_planned_again_in_another_mode_is_on_record_in_that_one()
    {
        var company = await Company.WithBaselineAsync();
        await OrderAsync(company);
        company.Rotations.Tamper(_ => null);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(2, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.RotationPlanned));
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == Kind);
    }

    private static Task OrderAsync(Company company) => company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
}
