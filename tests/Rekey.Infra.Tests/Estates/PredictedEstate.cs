using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>Every resource of one environment, as its snapshot predicts them.</summary>
internal sealed partial record PredictedEstate(IReadOnlyList<Predicted> Resources)
{
    public static async Task<PredictedEstate> ReadAsync(string file)
    {
        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        return new([.. snapshot["predictedResources"]!.AsArray().Where(r => !IsUndecided(r!)).Select(r => Read(r!))]);
    }

    /// <summary>The snapshot of the committed templates.</summary>
    public static Task<PredictedEstate> OfAsync(string name) => ReadAsync(Path.Combine(Bicep.Infra, $"{name}.snapshot.json"));

    public IEnumerable<Predicted> Of(string type) => Resources.Where(r => r.Type == type);

    public Predicted Only(string type) => Assert.Single(Of(type));

    public IEnumerable<Predicted> Vaults => Of("Microsoft.KeyVault/vaults");

    /// <summary>Vaults with keys of issuers, told from Rekey's own by their key.</summary>
    public IEnumerable<Predicted> TokenVaults => Vaults.Where(v => Keys(v).All(k => k.Name is not ("trust-list" or "checkpoint")));

    /// <summary>The resource group of the vaults.</summary>
    public string KeysGroup => $"{AppGroup}-keys";

    /// <summary>The resource group of the app, and of the issuers' identities.</summary>
    public string AppGroup =>
        $"/subscriptions/{Bicep.Subscription}/resourceGroups/rg-rekey-{Declaration["environment"]!.GetValue<string>()}";

    public IEnumerable<Predicted> Keys(Predicted vault) =>
        Of("Microsoft.KeyVault/vaults/keys").Where(k => k.Id.StartsWith($"{vault.Id}/", StringComparison.Ordinal));

    /// <summary>The account that evidence lies in.</summary>
    public Predicted Evidence =>
        Assert.Single(Of("Microsoft.Storage/storageAccounts"), a => a.Name.Contains("evid", StringComparison.Ordinal));

    /// <summary>The workspace that the app reads, here or elsewhere: alerts are about it.</summary>
    public string WorkspaceId => Of("Microsoft.Insights/scheduledQueryRules").First()["properties.scopes"]![0]!.GetValue<string>();

    /// <summary>What the names of this environment's identities begin with.</summary>
    public string Identity => $"id-rekey-{Declaration["environment"]!.GetValue<string>()}";

    /// <summary>Private endpoints of a resource.</summary>
    public IEnumerable<Predicted> EndpointsOf(string id) =>
        Of("Microsoft.Network/privateEndpoints")
            .Where(e =>
                e["properties.privateLinkServiceConnections"]!
                    .AsArray()
                    .Any(c => c!["properties"]!["privateLinkServiceId"]!.GetValue<string>() == id)
            );

    /// <summary>The app's settings.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        Assert.Single(Of("Microsoft.Web/sites/config"), c => c.Name == "appsettings")["properties"]!
            .AsObject()
            .ToDictionary(s => s.Key, s => s.Value!.GetValue<string>(), StringComparer.Ordinal);

    /// <summary>What the app is told of who may do what.</summary>
    public JsonNode Declaration => JsonNode.Parse(Settings["Rekey__VaultAccess__Declaration"])!;

    /// <summary>A principal by the name of its identity, or of the topic that has it, where this deployment makes it, else by its
    /// id.</summary>
    public string NameOf(string principalId) =>
        Of("Microsoft.ManagedIdentity/userAssignedIdentities")
            .Concat(Of("Microsoft.EventGrid/partnerTopics"))
            .FirstOrDefault(i => ArmExpression.MadeUp(i.Name, "principalId") == principalId)
            ?.Name
        ?? principalId;

    /// <summary>The one secret that a deployment writes only when it is given one: no snapshot knows secrets.</summary>
    private static bool IsUndecided(JsonNode resource) => resource["condition"] is not null;

    private static Predicted Read(JsonNode resource)
    {
        var type = resource["type"]!.GetValue<string>();
        var body = ArmExpression.Resolve(
            type.StartsWith("Microsoft.Network/privateDnsZones", StringComparison.Ordinal) ? WithZoneId(resource) : resource
        )!;
        return new(body["id"]!.GetValue<string>(), type, body);
    }

    /// <summary>The id of a DNS zone, or of a link of one, is an expression over its name, which is one over the cloud: here it is put
    /// together from its subscription, its group and its name.</summary>
    private static JsonNode WithZoneId(JsonNode resource)
    {
        var place = ZonePlace().Match(resource["id"]!.GetValue<string>());
        var names = ArmExpression.Resolve(resource["name"])!.GetValue<string>().Split('/');
        var copy = resource.DeepClone();
        copy["id"] =
            $"/subscriptions/{place.Groups["subscription"].Value}/resourceGroups/{place.Groups["group"].Value}"
            + $"/providers/Microsoft.Network/privateDnsZones/{string.Join("/virtualNetworkLinks/", names)}";
        return copy;
    }

    [GeneratedRegex(
        @"^\[resourceId\('(?<subscription>[^']+)', '(?<group>[^']+)', ",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex ZonePlace();
}
