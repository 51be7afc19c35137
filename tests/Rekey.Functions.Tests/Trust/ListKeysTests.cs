using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Trust;

/// <summary>A caller sees which versions are trusted, since when, why, and who is their custodian.</summary>
public sealed class ListKeysTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_each_governed_key_with_the_version_that_issuers_sign_with()
    {
        var keys = (await ReadAsync("")).GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(app.World.Keys.Select(k => k.Name).Order(StringComparer.Ordinal), keys.Select(k => Text(k, "key")!.Split('/')[1]));
        Assert.All(keys, k =>
        {
            Assert.True(k.GetProperty("hasBaseline").GetBoolean());
            var current = Assert.Single(k.GetProperty("versions").EnumerateArray(), v => Text(v, "state") == "Current");
            Assert.Equal(JsonValueKind.Null, current.GetProperty("worthlessAt").ValueKind);
            Assert.NotEqual("", Text(current, "why"));
        });
    }

    [Fact]
    public async Task It_filters_by_issuer_and_by_custodian()
    {
        foreach (var query in new[] { "?issuer=shop", $"?custodian={RunningApp.Custodian.ToUpperInvariant()}" })
        {
            var key = Assert.Single((await ReadAsync(query)).GetProperty("keys").EnumerateArray());
            Assert.EndsWith("/shop", Text(key, "key"), StringComparison.Ordinal);
            Assert.Equal([RunningApp.Custodian], key.GetProperty("custodians").EnumerateArray().Select(c => c.GetString()));
        }

        Assert.Empty((await ReadAsync($"?custodian={Guid.NewGuid()}")).GetProperty("keys").EnumerateArray());
        Assert.Empty((await ReadAsync("?key=shp")).GetProperty("keys").EnumerateArray());
        using var wrong = await app.Rekey.SendAsync(HttpMethod.Get, "keys?issuer=shpo", "Reader", cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("shop", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private async Task<JsonElement> ReadAsync(string query)
    {
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, $"keys{query}", "Reader", cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
