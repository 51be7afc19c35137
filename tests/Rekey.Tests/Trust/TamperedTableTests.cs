using Rekey.Decisions;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Trust;

/// <summary>Whoever can write a table row adds no key to the trust list (T9).</summary>
public sealed class TamperedTableTests
{
    [Fact]
    public async Task Rotations_that_are_altered_or_deleted_change_nothing_that_is_published()
    {
        var company = await Company.WithBaselineAsync();
        var barred = Assert.Single(company.Jwks);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        var before = company.Jwks;
        var oldVersion = company.Rotation.OldVersions[0].Version;

        foreach (
            var change in new Func<Rotation, Rotation?>[]
            {
                r => r with { NewVersion = oldVersion, NewThumbprint = barred },
                r => r with { OldVersions = [], TrustEndedAt = null, VerifiedAt = null, NewVersion = oldVersion, NewThumbprint = barred },
                _ => null,
            }
        )
        {
            company.Rotations.Rows.Tamper(change);
            await company.NewProcess().Publish.PublishAsync(default);
            Assert.Equal(before, company.Jwks);
            Assert.DoesNotContain(barred, company.Jwks);
            Assert.Contains(barred, company.TrustList.Revoked);
        }
    }

    [Fact]
    public async Task A_baseline_that_only_a_row_calls_approved_trusts_nothing()
    {
        var company = Company.Found();
        await company.NewProcess().TakeBaselines.RunAsync(default);
        company.Decisions.Tamper(d => d with { State = DecisionState.Approved, AnsweredBy = Company.Approver, AnsweredAt = company.Now });
        var process = company.NewProcess();
        await process.TakeBaselines.RunAsync(default);
        await process.Publish.PublishAsync(default);
        Assert.Empty(company.TrustList.Keys);
    }
}
