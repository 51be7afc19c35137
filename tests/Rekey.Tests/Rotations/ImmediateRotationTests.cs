using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations;

public sealed class ImmediateRotationTests
{
    [Fact]
    public async Task One_run_takes_an_immediate_rotation_from_planned_to_verified()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var old = company.Vault.Newest(company.Key).Public;

        await process.OrderAsync("departure-1", Urgency.Immediate);
        Assert.Equal(RotationState.Planned, company.Rotation.State);
        var progress = await process.GoAsync();

        Assert.Equal(new(RotationState.Verified, NextStepAt: null), progress);
        var made = company.Vault.Newest(company.Key).Public;
        Assert.NotEqual(old.Version, made.Version);
        Assert.False(company.Vault.VersionsOf(company.Key)[0].Public.Enabled);
        var entry = Assert.Single(company.TrustList.Keys);
        Assert.Equal((made.Version, made.PublicKey.Thumbprint, true), (entry.Version, entry.Thumbprint, entry.Current));
        Assert.Equal([old.PublicKey.Thumbprint], company.TrustList.Bars);
        Assert.Equal([made.PublicKey.Thumbprint], company.Jwks);
    }
}
