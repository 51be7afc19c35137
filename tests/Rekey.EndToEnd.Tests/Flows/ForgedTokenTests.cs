using System.Net;
using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>Somebody signs tokens with a stolen key. The real app reads the logs of issuer and gateway from folders.</summary>
public sealed class ForgedTokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forged_tokens_are_found_blocked_and_the_key_that_signed_them_is_rotated()
    {
        using var logs = new TestLogFolders();
        await using var company = await LocalCompany.StartAsync([new("shop")], logs.Settings);
        var key = company.Key("shop");
        using var thief = await company.StealAsync(key);
        var honest = await company.Issuer.MintAsync(key, "customer-1", Cancel);
        var forged = Enumerable.Range(0, 3).Select(n => thief.Forge($"victim-{n}")).ToList();
        Assert.True(await company.IsActiveAsync(forged[0]));
        var stolen = await company.CurrentAsync(key);

        logs.Mint(honest).Accept(honest, "198.51.100.1");
        forged.ForEach(t => logs.Accept(t, "203.0.113.9"));
        logs.Arrive();
        var finding = await SweptAsync(company, "tokens-unissued");
        Assert.Equal("Critical", finding.GetProperty("severity").GetString());
        Assert.Equal(("3", "3", "1"), (Evidence(finding, "tokens"), Evidence(finding, "subjects"), Evidence(finding, "addresses")));

        await PollUntil.UntilAsync("the key is rotated", async () => (await company.CurrentAsync(key)).Version != stolen.Version);
        await PollUntil.UntilAsync("the stolen version is barred", async () =>
            (await company.Rekey.TrustListAsync(Cancel)).Revoked.Contains(stolen.Thumbprint)
        );
        foreach (var token in forged)
        {
            Assert.False(await company.IsActiveAsync(token));
        }

        Assert.True(await company.IsActiveAsync(await company.Issuer.MintAsync(key, "customer-1", Cancel)));
    }

    [Fact]
    public async Task A_blocked_token_is_refused_and_accepted_again_when_its_issuance_arrives()
    {
        using var logs = new TestLogFolders();
        await using var company = await LocalCompany.StartAsync(
            [new("shop")],
            new Dictionary<string, string>(logs.Settings, StringComparer.Ordinal) { ["Rekey__Rotations__Mode"] = "observe" }
        );
        var key = company.Key("shop");
        var (honest, late) = (
            await company.Issuer.MintAsync(key, "customer-1", Cancel),
            await company.Issuer.MintAsync(key, "customer-2", Cancel)
        );
        logs.Mint(honest).Accept(honest, "198.51.100.1").Accept(late, "198.51.100.2").Arrive();

        var finding = await SweptAsync(company, "tokens-unissued");
        await PollUntil.UntilAsync("the token is refused", async () => !await company.IsActiveAsync(late));
        Assert.True(await company.IsActiveAsync(honest));
        var id = finding.GetProperty("id").GetString();

        // Whoever acts sees whose token it is and where it was used; whoever reads sees numbers.
        var forReaders = (await company.Rekey.GetAsync($"findings/{id}", "Reader", Cancel))!.Value.GetRawText();
        Assert.DoesNotContain("customer-2", forReaders, StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.2", forReaders, StringComparison.Ordinal);
        var token = (await company.Rekey.GetAsync($"findings/{id}", "Operator", Cancel))!
            .Value.GetProperty("tokens")
            .EnumerateArray()
            .Single();
        Assert.Equal(
            ("customer-2", "198.51.100.2"),
            (token.GetProperty("sub").GetString(), token.GetProperty("uses")[0].GetProperty("address").GetString())
        );

        logs.Mint(late).Arrive();
        await SweptAsync(company, "tokens-withdrawn");
        await PollUntil.UntilAsync("the token is accepted again", () => company.IsActiveAsync(late));
        Assert.Equal(
            JsonValueKind.String,
            (await company.Rekey.GetAsync($"findings/{id}", "Reader", Cancel))!.Value.GetProperty("closedAt").ValueKind
        );
    }

    /// <summary>An operator asks for a sweep; then such a finding is open.</summary>
    private static async Task<JsonElement> SweptAsync(LocalCompany company, string kind)
    {
        using var reply = await company.Rekey.SendAsync(HttpMethod.Post, "sweeps", "Operator", cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        var found = await PollUntil.ForAsync(kind, async () =>
            (await company.TryReadAsync("findings"))
                ?.GetProperty("findings")
                .EnumerateArray()
                .Where(f => f.GetProperty("kind").GetString() == kind)
                .Select(f => f.GetRawText())
                .SingleOrDefault()
        );
        return JsonSerializer.Deserialize<JsonElement>(found);
    }

    private static string? Evidence(JsonElement finding, string name) => finding.GetProperty("evidence").GetProperty(name).GetString();
}
