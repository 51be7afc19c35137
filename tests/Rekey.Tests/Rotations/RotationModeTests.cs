using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations;

/// <summary>Observe and ask; what enforcing does is shown elsewhere.</summary>
public sealed class RotationModeTests
{
    [Fact]
    public async Task Observe_is_on_record_and_touches_nothing()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Observe);
        company.Vault.Calls.Clear();
        var (process, published) = (company.NewProcess(), company.Container.Written.Count);
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync();

        Assert.Null(company.RotationOf(company.Key));
        Assert.DoesNotContain(company.Vault.Calls, c =>
            c.StartsWith("rotate", StringComparison.Ordinal) || c.StartsWith("update", StringComparison.Ordinal)
        );
        Assert.Equal(published, company.Container.Written.Count);
        Assert.Contains(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationObserved);
    }

    [Fact]
    public async Task Ask_waits_and_a_yes_carries_it_out()
    {
        var (company, process) = await AskedAsync(OnExpiry.Lapse);
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Single(company.Vault.VersionsOf(company.Key));

        await process.SayAsync(Question(company), approve: true);
        await process.DrainAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_no_is_on_record_and_the_same_cause_is_not_asked_again()
    {
        var (company, process) = await AskedAsync(OnExpiry.CarryOut);
        await process.SayAsync(Question(company), approve: false);
        await process.DrainAsync();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        await process.WorkAsync();

        Assert.False(company.Rotation.IsActive);
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationDeclined);
        Question(company);
    }

    [Theory]
    [InlineData(OnExpiry.CarryOut, 2)]
    [InlineData(OnExpiry.Lapse, 1)]
    public async Task Silence_carries_out_or_lapses_when_the_time_to_answer_ends_and_no_sooner(OnExpiry onExpiry, int versions)
    {
        var (company, process) = await AskedAsync(onExpiry);
        var second = TimeSpan.FromSeconds(1);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer - second);
        Assert.Equal(0, await process.ResumeDueRotations.RunAsync(default));
        await process.GoAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));

        company.Clock.Advance(second);
        Assert.Equal(1, await process.ResumeDueRotations.RunAsync(default));
        await process.DrainAsync();
        Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
    }

    private static Decision Question(Company company) => company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);

    private static async Task<(Company Company, Process Process)> AskedAsync(OnExpiry onExpiry)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        await process.DrainAsync();
        return (company, process);
    }
}
