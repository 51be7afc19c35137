using System.Globalization;
using CsCheck;
using Rekey.Infra.Tests.Rules;
using Rekey.Infra.Tests.Rules.Rights;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>Made-up estates: whoever is named in the parameters has what is meant for them, on every vault, and nobody else has
/// anything.</summary>
public sealed class GeneratedEstateTests
{
    /// <summary>An issuer; <paramref name="Key"/> is what its key is called, by the parameter file or as the issuer.</summary>
    private sealed record Issuer(string Name, string Key, bool Rsa, bool HasIdentity);

    private sealed record Made(bool Production, bool Rbac, IReadOnlyList<Issuer> Issuers, int Developers, bool BreakGlass);

    private static readonly Gen<Made> Estates =
        from production in Gen.Bool
        from rbac in Gen.Bool
        from issuers in Gen.Select(Gen.String[Gen.Char["abcxyz0189-"], 1, 16], Gen.Bool, Gen.Bool, Gen.Bool, (name, own, rsa, has) =>
            Named($"i{name.Trim('-')}"[..Math.Min(16, name.Trim('-').Length + 1)], own, rsa, has)
        ).List[1, 4]
        from developers in Gen.Int[0, 2]
        from glass in Gen.Bool
        select new Made(production, rbac, [.. issuers.DistinctBy(i => i.Name)], production ? 0 : developers, production || glass);

    [Fact]
    public async Task Everybody_has_what_is_meant_for_them_and_nobody_else_has_anything()
    {
        var made = new List<Made>();
        Estates.Sample(made.Add, iter: 4, threads: 1);
        foreach (var estate in made)
        {
            using var copy = new InfraCopy();
            await File.WriteAllTextAsync(
                Path.Combine(copy.Folder, "made.bicepparam"),
                Parameters(estate),
                TestContext.Current.CancellationToken
            );
            var (exit, output) = await copy.EvaluateAsync("made");
            Assert.True(exit == 0, $"{Parameters(estate)}\n{output}");
            var there = await copy.EstateAsync("made");
            Assert.Equal(
                Expected(estate).Order(StringComparer.Ordinal),
                VaultRights.Of(there).Select(r => r.Line).Order(StringComparer.Ordinal)
            );
            Assert.Empty(Promises.Broken(there, estate.Production, estate.Rbac));
        }
    }

    private static Issuer Named(string name, bool own, bool rsa, bool has) => new(name, own ? $"Key-of-{name}" : name, rsa, has);

    private static string Id(char kind, int n) =>
        string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-0000000{kind}{n:d4}");

    private static IEnumerable<string> Expected(Made estate)
    {
        string Custom(string role) => estate.Rbac ? $"Rekey {role} (devmade, rbyp)" : "access policy";
        yield return "*: id-rekey-devmade-app is Rekey auditor (devmade, rbyp)";
        yield return $"checkpoint: id-rekey-devmade-checkpoint is {Custom("signer")}";
        yield return $"trust-list: id-rekey-devmade-app is {Custom("signer")}";
        if (estate.Rbac)
        {
            yield return "trust-list: id-rekey-devmade-app is Key Vault Secrets User";
        }

        foreach (var (issuer, n) in estate.Issuers.Select((issuer, n) => (issuer, n)))
        {
            yield return $"{issuer.Key}: id-rekey-devmade-app is {Custom("rotator")}";
            yield return $"{issuer.Key}: {(issuer.HasIdentity ? Id('a', n) : $"id-rekey-devmade-issuer-{issuer.Name}")} is "
                + $"{Custom("signer")}";
            if (estate.Rbac)
            {
                yield return $"{issuer.Key}: id-rekey-devmade-remover is Rekey remover (devmade, rbyp)";
            }

            for (var developer = 0; developer < estate.Developers; developer++)
            {
                yield return $"{issuer.Key}: {Id('d', developer)} is {(estate.Rbac ? "Key Vault Crypto Officer" : "access policy")}";
            }

            if (estate.BreakGlass)
            {
                var role = estate.Rbac ? "Key Vault Crypto Officer" : "Key Vault Contributor";
                yield return $"{issuer.Key}: {Id('b', 0)} may become {role}";
            }
        }
    }

    private static string Parameters(Made estate) =>
        $"""
            using 'main.bicep'
            param environmentName = 'devmade'
            param production = {(estate.Production ? "true" : "false")}
            param location = 'westeurope'
            param permissionModel = '{(estate.Rbac ? "rbac" : "accessPolicies")}'
            param issuers = [
            {string.Join("\n", estate.Issuers.Select(Text))}
            ]
            param developerGroupIds = [{string.Join(", ", Enumerable.Range(0, estate.Developers).Select(n => $"'{Id('d', n)}'"))}]
            param breakGlassGroupId = '{(estate.BreakGlass ? Id('b', 0) : "")}'
            param audience = 'api://made'

            """;

    private static string Text(Issuer issuer, int n) =>
        $"{{ name: '{issuer.Name}', issuer: 'https://i.example/{n}', audiences: ['a'], publicJwksUri: "
        + $"'https://i.example/jwks', key: {{ kty: '{(issuer.Rsa ? "RSA" : "EC")}-HSM' }}, peakTokensASecond: "
        + $"1,{(issuer.Key == issuer.Name ? "" : $" keyName: '{issuer.Key}',")} custodians: [], signerPrincipalIds: "
        + $"[{(issuer.HasIdentity ? $"'{Id('a', n)}'" : "")}], {Way(n)} }}";

    /// <summary>By an endpoint in its network, which two may share, or through a peered one.</summary>
    private static string Way(int n) =>
        n == 3
            ? $"peeredNetworkIds: ['/subscriptions/{Bicep.Subscription}/resourceGroups/rg-peered"
                + "/providers/Microsoft.Network/virtualNetworks/vnet-peered']"
            : $"subnets: [{{ id: '/subscriptions/{Bicep.Subscription}/resourceGroups/rg-made"
                + $"/providers/Microsoft.Network/virtualNetworks/vnet-{n % 2}/subnets/endpoints', "
                + "location: 'westeurope' }]";
}
