using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Rotations;

/// <summary>A process dies, or a row is lost, and it takes a while until somebody goes on.</summary>
public sealed class LateVersionTests
{
    /// <summary>The issuer has another key, so containment would go on without a successor, and would revoke the one that there
    /// is.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_on_record_is_the_new_one_however_long_everybody_was_away(bool afterTheEffect)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync(keys: 2);
            await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);

            // A version of the very second in which access ended would be one of the old ones.
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            if (await Record.ExceptionAsync(doomed.GoAsync) is null)
            {
                effects = doomed.Fate.Effects.Count;
            }

            company.Clock.Advance(company.Options.Rotations.SuccessorPatience + TimeSpan.FromMinutes(1));
            await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(30));
            Assert.Equal(RotationState.Verified, company.Rotation.State);
            var entry = Assert.Single(company.TrustList.Keys, k => k.KeyId == company.Key.Id);
            Assert.True(entry.Current);
            var made = company
                .VerifiedLedger()
                .Select(l => l.Entry)
                .Where(e => e.Kind == LedgerKinds.VersionTrusted && !e.Facts["basis"].StartsWith("baseline/", StringComparison.Ordinal))
                .Select(e => e.Facts["thumbprint"]);
            Assert.Equal([entry.Thumbprint], made);
        }

        Assert.True(effects > 10, $"Only {effects} effects: this proves little.");
    }

    [Fact]
    public async Task A_stuck_rotation_whose_row_is_gone_is_taken_up_again()
    {
        var company = await Company.WithBaselineAsync();
        company.Vault.Fault = (call, _, _) =>
            _ = call == "update" ? throw new CannotContinueException("vault-forbidden", "No.", "Allow it.") : 0;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        Assert.Equal(RotationState.Stuck, company.Rotation.State);

        company.Vault.Fault = (_, _, _) => { };
        company.Rotations.Rows.Tamper(_ => null);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
    }

    [Fact]
    public async Task A_rotation_that_is_over_keeps_no_row()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        Assert.Single(company.Rotations.Rows.Places);
        await company.NewProcess().GoAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Empty(company.Rotations.Rows.Places);
    }
}
