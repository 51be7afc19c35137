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

    /// <summary>An environment; <paramref name="Network"/> says what is there already.</summary>
    private sealed record Made(
        string Name,
        EstatePlan Plan,
        IReadOnlyList<Issuer> Issuers,
        int Developers,
        bool BreakGlass,
        string Network,
        bool HasWorkspace
    );

    private const string Hub = "/subscriptions/00000000-0000-4000-8000-00000000000a/resourceGroups/rg-hub/providers";

    private const string Subnets =
        $"existingSubnetIds: {{ app: '{Hub}/Microsoft.Network/virtualNetworks/v/subnets/app', "
        + $"endpoints: '{Hub}/Microsoft.Network/virtualNetworks/v/subnets/endpoints' }}";

    private const string Central =
        $"existingZoneIds: {{ vault: '{Hub}/Microsoft.Network/privateDnsZones/v', blob: '{Hub}/Microsoft.Network/privateDnsZones/b', "
        + $"queue: '{Hub}/Microsoft.Network/privateDnsZones/q', table: '{Hub}/Microsoft.Network/privateDnsZones/t' }}";

    /// <summary>What is said of the network, and who makes zones then.</summary>
    private static readonly (string Text, string Zones)[] Networks =
    [
        ("", "own"),
        ("addressSpace: '10.1.0.0/22', egress: 'none'", "own"),
        (Subnets, "own"),
        ($"{Subnets}, {Central}", "existing"),
        ("zones: 'none'", "none"),
        ($"{Subnets}, zones: 'none'", "none"),
    ];

    private static readonly string[] Sizes = ["observe", "standard", "full", "full"];

    private static readonly Gen<Made> Estates =
        from size in Gen.Int[0, Sizes.Length - 1].Select(n => Sizes[n])
        from production in Gen.Bool
        from rbac in Gen.Bool
        from end in Gen.String[Gen.Char["abz019"], 0, 4]
        from issuers in Gen.Select(Gen.String[Gen.Char["abcxyz0189-"], 1, 16], Gen.Bool, Gen.Bool, Gen.Bool, (name, own, rsa, has) =>
            Named($"i{name.Trim('-')}"[..Math.Min(16, name.Trim('-').Length + 1)].TrimEnd('-'), own, rsa, has)
        ).List[1, 4]
        from developers in Gen.Int[0, 2]
        from glass in Gen.Bool
        from network in Gen.Int[0, Networks.Length - 1].Select(n => Networks[n])
        from workspace in Gen.Bool
        select new Made(
            (production ? "live" : "dev") + end,
            new EstatePlan(production, rbac, size, size == "observe" ? "own" : network.Zones),
            [.. issuers.DistinctBy(i => i.Name)],
            production || size == "observe" ? 0 : developers,
            size == "full" && (production || glass),
            size == "observe" ? "" : network.Text,
            workspace
        );

    [Fact]
    public async Task Everybody_has_what_is_meant_for_them_and_nobody_else_has_anything()
    {
        var made = new List<Made>();
        Estates.Sample(made.Add, iter: 12, threads: 1);
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
            var broken = Promises.Broken(there, estate.Plan);
            Assert.True(broken.Count == 0, $"{Parameters(estate)}\n{string.Join('\n', broken)}");
        }
    }

    private static Issuer Named(string name, bool own, bool rsa, bool has) => new(name, own ? $"Key-of-{name}" : name, rsa, has);

    private static string Id(char kind, int n) =>
        string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-0000000{kind}{n:d4}");

    private static IEnumerable<string> Expected(Made estate)
    {
        var (app, rbac) = ($"id-rekey-{estate.Name}-app", estate.Plan.Rbac);
        string Custom(string role) => rbac ? $"Rekey {role} ({estate.Name}, rbyp)" : "access policy";
        if (estate.Plan.IsObserving)
        {
            string[] roles = rbac ? ["Key Vault Crypto User", "Key Vault Reader", "Key Vault Secrets User"] : ["access policy"];
            foreach (var role in roles.Append("Reader"))
            {
                yield return $"trust-list: {app} is {role}";
            }

            yield break;
        }

        yield return $"*: {app} is Rekey auditor ({estate.Name}, rbyp)";
        yield return $"checkpoint: id-rekey-{estate.Name}-checkpoint is {Custom("signer")}";
        yield return $"trust-list: {app} is {Custom("signer")}";
        if (rbac)
        {
            yield return $"trust-list: {app} is Key Vault Secrets User";
        }

        foreach (var (issuer, n) in estate.Issuers.Select((issuer, n) => (issuer, n)))
        {
            yield return $"{issuer.Key}: {app} is {Custom("rotator")}";
            yield return $"{issuer.Key}: {(issuer.HasIdentity ? Id('a', n) : $"id-rekey-{estate.Name}-issuer-{issuer.Name}")} is "
                + $"{Custom("signer")}";
            if (estate.Plan.HasRemover)
            {
                yield return $"{issuer.Key}: id-rekey-{estate.Name}-remover is Rekey remover ({estate.Name}, rbyp)";
            }

            for (var developer = 0; developer < estate.Developers; developer++)
            {
                yield return $"{issuer.Key}: {Id('d', developer)} is {(rbac ? "Key Vault Crypto Officer" : "access policy")}";
            }

            if (estate.BreakGlass)
            {
                yield return $"{issuer.Key}: {Id('b', 0)} may become {(rbac ? "Key Vault Crypto Officer" : "Key Vault Contributor")}";
            }
        }
    }

    private static string Parameters(Made estate) =>
        $"""
            using 'main.bicep'
            param environmentName = '{estate.Name}'
            param size = '{estate.Plan.Size}'
            param production = {(estate.Plan.Production ? "true" : "false")}
            param location = 'westeurope'
            param vaults = {Braced($"permissionModel: '{(estate.Plan.Rbac ? "rbac" : "accessPolicies")}'")}
            param issuers = [
            {string.Join("\n", estate.Issuers.Select((issuer, n) => Text(estate.Plan, issuer, n)))}
            ]
            param access = {Braced(Access(estate))}
            param network = {Braced(estate.Network)}
            param logs = {Braced(
                estate.HasWorkspace ? $"existingWorkspaceId: '{Hub}/Microsoft.OperationalInsights/workspaces/log-central'" : ""
            )}
            param audience = 'api://made'

            """;

    private static string Access(Made estate) =>
        $"developerGroupIds: [{string.Join(", ", Enumerable.Range(0, estate.Developers).Select(n => $"'{Id('d', n)}'"))}], "
        + $"breakGlassGroupId: '{(estate.BreakGlass ? Id('b', 0) : "")}'";

    private static string Braced(string members) => $"{{ {members} }}";

    private static string Text(EstatePlan plan, Issuer issuer, int n) =>
        $"{{ name: '{issuer.Name}', issuer: 'https://i.example/{n}', audiences: ['a'], publicJwksUri: "
        + $"'https://i.example/jwks', key: {{ kty: '{(issuer.Rsa ? "RSA" : "EC")}-HSM' }}, peakTokensASecond: "
        + $"1,{(issuer.Key == issuer.Name ? "" : $" keyName: '{issuer.Key}',")} custodians: [], signerPrincipalIds: "
        + $"[{(issuer.HasIdentity ? $"'{Id('a', n)}'" : "")}], {Way(plan, n)} }}";

    /// <summary>An observed vault; or by an endpoint in the issuer's network, which two may share; or through a peered network.</summary>
    private static string Way(EstatePlan plan, int n) =>
        plan.IsObserving ? $"vaultName: 'kv-there-{n}', vaultGroup: 'rg-there-{n % 2}'"
        : n == 3 || plan.Zones != "own"
            ? $"peeredNetworkIds: ['/subscriptions/{Bicep.Subscription}/resourceGroups/rg-peered"
                + "/providers/Microsoft.Network/virtualNetworks/vnet-peered']"
        : $"subnets: [{{ id: '/subscriptions/{Bicep.Subscription}/resourceGroups/rg-made"
            + $"/providers/Microsoft.Network/virtualNetworks/vnet-{n % 2}/subnets/endpoints', "
            + "location: 'westeurope' }]";
}
