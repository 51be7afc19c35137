using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of the app.</summary>
internal static class AppPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan)
    {
        var site = estate.Only("Microsoft.Web/sites");
        (bool Holds, string What)[] facts =
        [
            (estate.Only("Microsoft.Web/serverfarms").Text("sku.tier") == "FlexConsumption", "is not on Flex Consumption"),
            (site.Text("properties.functionAppConfig.runtime.name") == "dotnet-isolated", "has another runtime than its worker"),
            (site.Text("properties.functionAppConfig.runtime.version") == "10.0", "has another runtime than its worker"),
            (
                !estate.Settings.Keys.Intersect(FlexRefusals.Settings, StringComparer.OrdinalIgnoreCase).Any(),
                "has a setting that Flex Consumption refuses"
            ),
            (
                !site["properties.siteConfig"]!
                    .AsObject()
                    .Select(p => p.Key)
                    .Intersect(FlexRefusals.SiteConfiguration, StringComparer.OrdinalIgnoreCase)
                    .Concat(
                        site["properties"]!.AsObject().Select(p => p.Key).Intersect(FlexRefusals.Site, StringComparer.OrdinalIgnoreCase)
                    )
                    .Any(),
                "has a site property that Flex Consumption refuses"
            ),
            (
                site.Text("identity.type") == "UserAssigned"
                    && site["identity.userAssignedIdentities"]!.AsObject().All(i => i.Key.Contains("/id-rekey-", StringComparison.Ordinal)),
                "has an identity that is not its own"
            ),
            (
                site.Text("properties.functionAppConfig.deployment.storage.authentication.type") == "UserAssignedIdentity",
                "fetches its package with a key"
            ),
            (
                plan.IsObserving
                    || site.Text("properties.virtualNetworkSubnetId")?.EndsWith("/subnets/app", StringComparison.Ordinal) is true,
                "is not in the network"
            ),
            (site.Text("properties.httpsOnly") == "true", "takes plain HTTP"),
            (
                estate.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count(p => p.Text("properties.allow") == "false") == 2,
                "can be published to with a password"
            ),
            (
                !estate.Settings.Values.Any(v =>
                    v.Contains("AccountKey=", StringComparison.Ordinal) || v.Contains("SharedAccess", StringComparison.Ordinal)
                ),
                "holds a storage key"
            ),
            (
                estate
                    .Settings.GetValueOrDefault("Rekey__Departures__ClientState")
                    ?.StartsWith("@Microsoft.KeyVault(SecretUri=https://kv-rkdocs-", StringComparison.Ordinal)
                    is not false,
                "holds the client state itself"
            ),
            (
                estate.Settings.ContainsKey("Rekey__Departures__ClientState") == estate.Of("Microsoft.EventGrid/partnerTopics").Any(),
                "refers to a client state that is not there yet, or to none"
            ),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"The app {f.What}.");
    }
}
