using Rekey.Core;
using Rekey.Findings;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Findings;

/// <summary>A finding about a refusal is over when the thing works again, and is told anew next time: else the same refusal of next year
/// is told to nobody.</summary>
public sealed class DocumentRefusalTests
{
    [Fact]
    public async Task It_is_open_while_the_same_is_refused_and_no_longer()
    {
        var company = Company.Found();
        var findings = company.Findings.For(Fate.Immortal);
        Task DoAsync(string what, string? refusal) =>
            findings.ReportRefusalAsync(
                what,
                _ => refusal is null ? Task.CompletedTask : throw new CannotContinueException(refusal, "Refused.", "Mend it."),
                company.Clock,
                default
            );
        await DoAsync("look", "forbidden");
        await DoAsync("look at more", "forbidden");
        await DoAsync("look", "forbidden");
        Assert.Equal(2, company.Findings.Announced.Count);

        await DoAsync("look", "away");
        Assert.Equal(["look at more: forbidden", "look: away"], company.Findings.Open.Select(f => f.About).Order(StringComparer.Ordinal));
        await DoAsync("look", refusal: null);
        Assert.Equal(["look at more: forbidden"], company.Findings.Open.Select(f => f.About));
        await DoAsync("look", "away");
        Assert.Equal(2, company.Findings.Announced.Count(id => id == Finding.IdOf(FindingKinds.CannotContinue, "look: away")));
    }

    [Fact]
    public async Task That_custodians_can_be_read_again_closes_the_finding_that_they_could_not()
    {
        var company = await Company.WithBaselineAsync();
        company.Vault.Fault = (_, _, _) => throw new CannotContinueException(VaultReasons.Forbidden, "Refused.", "Grant the role.");
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().DrainAsync();
        Assert.Contains(company.Findings.Open, f => f.Kind == "custody-unreadable");
        company.Vault.Fault = (_, _, _) => { };
        company.Clock.Advance(company.Options.Rotations.StuckRetry);
        await company.NewProcess().WorkAsync();
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == "custody-unreadable");
    }
}
