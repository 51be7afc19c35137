using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Rotations.Vaults;

/// <summary>A key stands at the issuer's public address that Rekey never trusted for it.</summary>
public sealed class ForeignKeyTests
{
    [Fact]
    public async Task A_foreign_key_at_the_public_address_is_a_finding_at_once_and_the_rotation_is_not_verified()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Address.Added = [new("their-kid", "their-thumbprint")];
        await process.OrderAsync("departure-1", Urgency.Immediate);

        Assert.Equal(RotationState.TrustEnded, (await process.GoAsync())!.State);
        var finding = Assert.Single(company.Findings.ById.Values, f => f.Kind == "foreign-key-published");
        Assert.Equal((Rekey.Findings.Severity.Critical, "their-thumbprint"), (finding.Severity, finding.Evidence["thumbprints"]));
        company.Clock.Advance(company.Options.Rotations.VerifyPatience);
        Assert.Equal(RotationState.Stuck, (await process.GoAsync())!.State);
        Assert.Equal("foreign-key-published", company.Rotation.StuckReason);

        company.Address.Added = [];
        company.Clock.Advance(company.Options.Rotations.StuckRetry);
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
        Assert.Single(company.Findings.ById.Values, f => f.Kind == "foreign-key-published");
    }

    [Fact]
    public async Task A_key_of_a_kind_that_has_no_thumbprint_here_is_foreign_too()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Address.Added = [new("an-okp-key", "")];
        await process.OrderAsync("departure-1", Urgency.Immediate);

        Assert.Equal(RotationState.TrustEnded, (await process.GoAsync())!.State);
        Assert.Equal(
            "an-okp-key",
            Assert.Single(company.Findings.ById.Values, f => f.Kind == "foreign-key-published").Evidence["thumbprints"]
        );
    }

    [Fact]
    public async Task Other_keys_of_the_issuer_and_what_a_cache_still_has_are_not_foreign()
    {
        var company = await Company.WithBaselineAsync(keys: 3);
        var process = company.NewProcess();
        company.Address.Stale = company.Address.Serve("login");
        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.TrustEnded, (await process.GoAsync())!.State);

        company.Address.Stale = null;
        company.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RotationState.Verified, (await process.GoAsync())!.State);
        Assert.DoesNotContain("foreign-key-published", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_key_that_is_trusted_for_another_issuer_is_foreign_here()
    {
        var company = await Company.WithBaselineAsync(keys: 2, o =>
        {
            o.Issuers.Add(
                new()
                {
                    Name = "partners",
                    Issuer = "https://partners.example",
                    Audiences = ["shop"],
                    PublicJwksUri = PublicAddress.Of("partners"),
                }
            );
            o.Keys[1].Issuer = "partners";
        });
        var process = company.NewProcess();
        var theirs = company.Vault.Newest(company.GovernedKeys.Keys[1].Key).Public.PublicKey.Thumbprint;
        company.Address.Added = [new(theirs, theirs)];
        await process.OrderAsync("departure-1", Urgency.Immediate);

        Assert.Equal(RotationState.TrustEnded, (await process.GoAsync())!.State);
        Assert.Equal(theirs, Assert.Single(company.Findings.ById.Values, f => f.Kind == "foreign-key-published").Evidence["thumbprints"]);
    }
}
