using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class PagingTests : VaultTest
{
    [Fact]
    public async Task Following_nextLink_should_give_every_key_once()
    {
        string[] names = ["alpha", "bravo", "charlie", "delta", "echo"];
        foreach (var name in names)
        {
            await CreateEc(name);
        }

        var (kids, pages) = await ReadAll(Vault, "keys?maxresults=2");

        Assert.Equal(names.Select(n => $"{Vault.Address}keys/{n}"), kids);
        Assert.Equal([2, 2, 1], pages);
    }

    [Fact]
    public async Task An_item_should_have_no_key_material()
    {
        await CreateEc("issuer");

        var item = (await Call("GET", "keys")).Expect(200).Body!["value"]![0]!.AsObject();

        Assert.Equal(["kid", "attributes"], item.Select(p => p.Key));
    }

    [Fact]
    public async Task Versions_should_all_be_listed()
    {
        var first = await CreateEc("issuer");
        var second = await Call("POST", "keys/issuer/rotate");
        var third = await Call("POST", "keys/issuer/rotate");

        var (kids, _) = await ReadAll(Vault, "keys/issuer/versions?maxresults=1");

        Assert.Equal(new[] { first.Kid, second.Kid, third.Kid }.Order(), kids.Order());
        (await Call("GET", "keys/other/versions")).Expect(404);
    }

    [Fact]
    public async Task Empty_pages_should_come_with_a_nextLink_when_wanted()
    {
        var vault = await Tenant.StartVaultAsync(o => o with { Folder = o.Folder + "-empty", EmitEmptyPages = true });
        foreach (var name in new[] { "alpha", "bravo", "charlie" })
        {
            await Tenant.CallAsync(vault, "POST", $"keys/{name}/create", new { kty = "EC" });
        }

        var (kids, pages) = await ReadAll(vault, "keys?maxresults=2");

        Assert.Equal(3, kids.Count);
        Assert.Equal([0, 2, 0, 1], pages);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("26")]
    [InlineData("many")]
    public async Task Maxresults_out_of_bounds_should_be_BadParameter(string value) =>
        Assert.Equal("BadParameter", (await Call("GET", $"keys?maxresults={value}")).Expect(400).Code);

    [Fact]
    public async Task A_broken_skiptoken_should_be_BadParameter() => (await Call("GET", "keys?$skiptoken=%7B")).Expect(400);

    private async Task<(List<string> Kids, List<int> Pages)> ReadAll(KeyVaultServer vault, string path)
    {
        List<string> kids = [];
        List<int> pages = [];
        for (string? link = path; link is not null; )
        {
            var page = (await Tenant.CallAsync(vault, "GET", link)).Expect(200).Body!;
            pages.Add(page["value"]!.AsArray().Count);
            kids.AddRange(page["value"]!.AsArray().Select(i => i!["kid"]!.GetValue<string>()));
            link = page["nextLink"]?.GetValue<string>();
            Assert.True(link?.StartsWith(vault.Address.AbsoluteUri, StringComparison.Ordinal) ?? true);
            Assert.True(link?.Contains("api-version=2025-07-01", StringComparison.Ordinal) ?? true);
        }

        return (kids, pages);
    }
}
