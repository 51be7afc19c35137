namespace Rekey.Infra.Tests;

/// <summary>Unsafe parameters are refused by the templates themselves, before anything is deployed.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, string, string, string> Unsafe => new()
    {
        { "developers in production", "param breakGlassGroupId", "param developerGroupIds = ['00000000-0000-4000-8000-0000000dddd3']\nparam breakGlassGroupId", "Developers have no rights in production" },
        { "a public network", "param breakGlassGroupId", "param allowedRanges = ['0.0.0.0/0']\nparam breakGlassGroupId", "reached by private endpoints only" },
        { "nobody to break the glass", "param breakGlassGroupId = '00000000-0000-4000-8000-0000000b0001'", "param breakGlassGroupId = ''", "Production needs a break-glass group" },
        { "production that is not called so", "param production = true", "param production = false", "must be deployed with production = true" },
        { "dev's issuer signs", "'00000000-0000-4000-8000-0000000a0001'", "'00000000-0000-4000-8000-0000000D0002'", "00000000-0000-4000-8000-0000000d0002 belongs to another environment" },
        { "dev's gateway logs", "'00000000-0000-4000-8000-0000000a0002'", "'00000000-0000-4000-8000-0000000d0001'", "00000000-0000-4000-8000-0000000d0001 belongs to another environment" },
        { "a person above the vaults", "principalType: 'ServicePrincipal'", "principalType: 'User'", "nobody is declared into production" },
        { "an issuer that its vault cannot carry", "peakTokensASecond: 60", "peakTokensASecond: 101", "more than half of the 200 that one vault signs" },
        { "an issuer that its vault cannot carry, with a long RSA key", "peakTokensASecond: 20", "peakTokensASecond: 26", "more than half of the 50 that one vault signs" },
        { "a key in software", "kty: 'EC-HSM'", "kty: 'EC'", "BCP036" },
        { "a key that can be exported", "kty: 'EC-HSM',", "kty: 'EC-HSM', exportable: true,", "BCP089" },
        { "logs for a quarter", "param modes", "param totalRetentionDays = 90\nparam modes", "BCP036" },
        { "evidence for a month", "param modes", "param evidenceDays = 30\nparam modes", "BCP329" },
        { "two issuers of one name", "name: 'partners'", "name: 'shop'", "two have the same name" },
        { "a name that cannot stand in a route", "name: 'partners'", "name: 'Partners'", "the name Partners must be lower-case" },
        { "credentials for an identity of others", "signerPrincipalIds: [", "federatedCredentials: [{ issuer: 'https://i.example', subject: 's' }]\n    signerPrincipalIds: [", "its federated credentials are made there" },
    };

    [Theory]
    [MemberData(nameof(Unsafe))]
    public async Task Production_refuses(string what, string from, string to, string because)
    {
        Assert.NotEmpty(what);
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", from, to);
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains(because, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_access_policies_nothing_is_enforced()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", "vaultAccess: 'Ask'", "vaultAccess: 'Enforce'");
        Assert.Equal(0, (await copy.EvaluateAsync("prod")).Exit);
        var (exit, output) = await copy.EvaluateAsync("variants/prod-access-policies");
        Assert.NotEqual(0, exit);
        Assert.Contains("Access policies are taken away by a person", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_that_lets_people_act_in_production_is_refused_wherever_it_comes_from()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("access.bicep", "active: false", "active: true");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains("access.bicep: break-glass would hold keyOfficer on kv-shop-prod-", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_are_told_at_once()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", "param breakGlassGroupId = '00000000-0000-4000-8000-0000000b0001'", "param breakGlassGroupId = ''\nparam allowedRanges = ['0.0.0.0/0']");
        var (_, output) = await copy.EvaluateAsync("prod");
        Assert.Contains("private endpoints only", output, StringComparison.Ordinal);
        Assert.Contains("needs a break-glass group", output, StringComparison.Ordinal);
    }
}
