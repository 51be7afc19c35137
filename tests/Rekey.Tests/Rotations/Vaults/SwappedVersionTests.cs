using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Rotations.Vaults;

public sealed class SwappedVersionTests
{
    /// <summary>One version under two thumbprints: the one on record is barred already when the other comes to light.</summary>
    [Fact]
    public async Task A_second_thumbprint_of_a_version_is_barred_too_and_the_rotation_comes_to_an_end()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Vault.Newest(company.Key).Public;
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        company.Vault.Fault = (call, key, version) =>
        {
            // Behind the end of trust somebody puts another key under the old version and enables it, just before it is read back.
            if (call == "list" && company.Rotation.TrustEndedAt is not null)
            {
                company.Vault.Fault = (_, _, _) => { };
                company.Vault.Swap(key, old.Version);
                company.Vault.Change(key, old.Version, v => v with { Enabled = true });
            }
        };

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await Task.Run(() => company.NewProcess(new CancelledBy(limit.Token)).GoAsync());

        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
        Assert.Contains(old.PublicKey.Thumbprint, company.TrustList.Revoked);
    }

    /// <summary>T2: the vault gives another key under a trusted version. It is not the one on record, so no list has it.</summary>
    [Fact]
    public async Task Another_key_under_a_trusted_version_is_in_no_list_and_a_finding()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var version = company.Vault.Newest(company.Key).Public.Version;
        company.Vault.Swap(company.Key, version);
        await process.Publish.PublishAsync(default);

        Assert.Empty(company.TrustList.Keys);
        Assert.Empty(company.Jwks);
        var finding = Assert.Single(company.Findings.Open, f => f.Kind == FindingKinds.ThumbprintMismatch);
        Assert.Equal(Severity.Critical, finding.Severity);
    }

    /// <summary>Ends a loop that would never end by itself.</summary>
    private sealed class CancelledBy(CancellationToken cancellationToken) : Fate
    {
        protected override Task BeforeAsync(int number, string what)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }
    }
}
