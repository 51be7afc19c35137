using Rekey.Core;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Vaults;

namespace Rekey.Tests.Trust;

/// <summary>A revocation is never taken back, so the ledger refuses one that nothing stands behind.</summary>
public sealed class RevocationGuardTests
{
    /// <summary>Somebody with rights in a vault imports the public face of another issuer's key, and waits for the next rotation
    /// there.</summary>
    [Fact]
    public async Task A_key_that_is_imported_into_anothers_vault_is_not_revoked_with_it()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var (first, second) = (company.GovernedKeys.Keys[0].Key, company.GovernedKeys.Keys[1].Key);
        var honest = company.Vault.Newest(second);
        company.Vault.Add(first, honest.Private);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();

        Assert.Equal(RotationState.Verified, company.RotationOf(first)!.State);
        Assert.Contains(honest.Public.PublicKey.Thumbprint, company.Jwks);
        Assert.DoesNotContain(honest.Public.PublicKey.Thumbprint, company.TrustList.Revoked);
        Assert.Contains(company.Findings.Open, f => f.Kind == "key-imported-from-another");
    }

    [Fact]
    public async Task The_last_trusted_version_of_a_key_is_not_revoked_unasked()
    {
        var company = await Company.WithBaselineAsync();
        var trusted = Assert.Single(company.Jwks);
        var refusal = await Assert.ThrowsAsync<CannotContinueException>(() =>
            company
                .NewProcess()
                .TrustLedger.EndTrustAsync(
                    company.Key,
                    company.Vault.Newest(company.Key).Public.Version,
                    trusted,
                    "nothing",
                    lastToo: false,
                    default
                )
        );
        Assert.Equal("last-trusted-version", refusal.Reason);
        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal([trusted], company.Jwks);
    }

    [Fact]
    public async Task Verified_is_not_said_while_a_version_that_was_trusted_is_not_revoked()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);

        // A version that is trusted behind the end of trust: as if another process had put it on record late.
        var late = company.Vault.Add(company.Key);
        var slow = company.NewProcess(new Trusts(company, late));
        await slow.GoAsync();
        await process.WorkAsync();
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Contains(late.Public.PublicKey.Thumbprint, company.TrustList.Revoked);
        Assert.Equal(company.Rotation.NewThumbprint, Assert.Single(company.TrustList.Keys).Thumbprint);
    }

    private sealed class Trusts(Company company, VaultVersion late) : Fate
    {
        private bool _done;

        protected override async Task AfterAsync(int number, string what)
        {
            if (!_done && what == "publish trust-list.jwt" && company.TrustList.Revoked.Count > 0)
            {
                _done = true;
                await company
                    .NewProcess()
                    .TrustLedger.TrustAsync(
                        company.Key,
                        late.Public.Version,
                        late.Public.PublicKey.Thumbprint,
                        currentFrom: null,
                        "late",
                        default
                    );
            }
        }
    }
}
