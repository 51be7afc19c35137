using Rekey.Blocking;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Blocking;

/// <summary>What the trust list refuses by itself need not be listed.</summary>
public sealed class RevokedKidTests
{
    [Fact]
    public async Task Entries_under_a_kid_go_when_its_key_is_ended_and_gateways_know()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var kid = company.TrustList.Keys[0].Kid;
        await process.Blocklist.ChangeAsync(
            [
                Entries.Jti(company, "old", minutes: 600, kid: kid),
                Entries.Jti(company, "other", minutes: 600, kid: "kid-2"),
                Entries.Jti(company, "nobody's", minutes: 600, kid: null),
            ],
            [],
            default
        );
        await DropAsync();
        Assert.Equal(3, BlockingGateway.Full(company).At(company.Now).Count());

        await process.OrderAsync("forgery-1", Urgency.Immediate);
        await process.GoAsync();
        Assert.Contains(kid, company.TrustList.Revoked);
        await DropAsync();
        Assert.Equal(3, BlockingGateway.Full(company).At(company.Now).Count());
        company.Clock.Advance(company.Options.Trust.StaleTime + company.Options.Trust.InstanceCache);
        await DropAsync();
        Assert.Equal(["nobody's", "other"], BlockingGateway.Full(company).At(company.Now).Select(e => e.Value).Order());

        async Task DropAsync() =>
            await new DropSuperfluousBlocks(process.ReadBlocklist, process.Blocklist, company.Clock).RunAsync(
                RevokedKids.Of(company.GovernedKeys, await process.TrustLedger.ReadAsync(default), company.Options.Trust, company.Now),
                default
            );
    }
}
