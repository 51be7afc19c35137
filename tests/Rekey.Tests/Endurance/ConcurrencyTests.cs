using CsCheck;
using Rekey.Core;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Endurance;

/// <summary>Several processes at one key, one effect at a time.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public void Processes_that_interleave_make_one_trusted_version() =>
        Gen.Int[0, int.MaxValue].Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: 40, threads: 1);

    [Theory]
    [InlineData("rotate")]
    [InlineData("append ledger")]
    [InlineData("update")]
    [InlineData("replace rotation")]
    [InlineData("publish trust-list.jwt")]
    public async Task One_that_slept_through_its_lease_changes_nothing_when_it_wakes(string behind)
    {
        var company = await Company.WithBaselineAsync();
        var sleeper = new SleepsAfter(behind);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        var zombie = Task.Run(() => company.NewProcess(sleeper).GoAsync());
        await sleeper.Asleep;
        company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
        var heir = company.NewProcess();
        await heir.WorkAsync();
        WorldOutcome.MustHold(company);
        var trusted = company.TrustList.Keys[0].Thumbprint;

        sleeper.Wake();
        await Record.ExceptionAsync(() => zombie);
        await heir.Publish.PublishAsync(default);

        // A version that it made too late is disabled and was never trusted, so there is nothing to bar.
        Assert.Equal(trusted, Assert.Single(company.TrustList.Keys).Thumbprint);
        Assert.Equal([trusted], company.Jwks);
        Assert.Equal(trusted, Assert.Single(company.Vault.VersionsOf(company.Key), v => v.Public.CanSign).Public.PublicKey.Thumbprint);
        company.VerifiedLedger();
    }

    private static async Task RunAsync(int seed)
    {
        var company = await Company.WithBaselineAsync();
        await new Schedule(seed).RunAsync(2, async (n, fate) =>
        {
            var process = company.NewProcess(fate);
            try
            {
                await process.OrderAsync($"departure-{n}", Urgency.Immediate);
                await process.GoAsync();
            }
            catch (RetryLaterException)
            {
                // The other one is at it; what waits is found by the timer.
            }
        });
        await company.NewProcess().WorkAsync();
        WorldOutcome.MustHold(company);
        Assert.InRange(company.Vault.VersionsOf(company.Key).Count, 2, 3);
    }
}
