using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations.Brakes;

/// <summary>Whoever can write to the table of rotations, and not to the ledger, has no key rotated, and skips no approver.</summary>
public sealed class PlantedRequestTests
{
    [Fact]
    public async Task A_request_whose_decision_somebody_took_away_still_waits_for_it()
    {
        var company = await Company.WithBaselineAsync();
        await OrderAsync(company);
        company.Rotations.Rows.Tamper(r =>
            r with
            {
                Waiting = [.. r.Waiting.Select(w => w with { DecisionId = null })],
                NextStepAt = company.Now,
            }
        );
        await company.NewProcess().GoAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Null(
            (await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: true)).Refusal
        );
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    [Fact]
    public async Task A_request_that_nobody_planned_is_not_carried_out()
    {
        var company = await Company.WithBaselineAsync();
        company.Rotations.Rows.Forge(
            Rotation.Live,
            company.Key.Row,
            new(company.Key, Number: 1)
            {
                Waiting = [new("departure-9", Urgency.Immediate, company.Now, DecisionId: null)],
                NextStepAt = company.Now,
            }
        );
        await company.NewProcess().WorkAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
    }

    /// <summary>A cause is planned once, also when its row was deleted and the mode has changed.</summary>
    [Fact]
    public async Task What_waits_for_an_answer_is_not_planned_again_in_another_mode()
    {
        var company = await Company.WithBaselineAsync();
        await OrderAsync(company);
        company.Rotations.Rows.Tamper(_ => null);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationPlanned);
    }

    private static Task OrderAsync(Company company) => company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
}
