namespace Rekey.Infra.Tests;

/// <summary>Of the app and of the events that it gets.</summary>
internal static class AppPromises
{
    public static IEnumerable<string> Broken(Estate estate) => OfApp(estate).Concat(OfEvents(estate));

    private static IEnumerable<string> OfApp(Estate estate)
    {
        var site = estate.Only("Microsoft.Web/sites");
        (bool Holds, string What)[] facts =
        [
            (estate.Only("Microsoft.Web/serverfarms").Text("sku.tier") == "FlexConsumption", "is not on Flex Consumption"),
            ((site.Text("properties.functionAppConfig.runtime.name"), site.Text("properties.functionAppConfig.runtime.version")) is ("custom", "1.0") or ("dotnet-isolated", "10.0"), "has a runtime that no head is for"),
            (site.Text("identity.type") == "UserAssigned" && site["identity.userAssignedIdentities"]!.AsObject().All(i => i.Key.Contains("/id-rekey-", StringComparison.Ordinal)), "has an identity that is not its own"),
            (site.Text("properties.functionAppConfig.deployment.storage.authentication.type") == "UserAssignedIdentity", "fetches its package with a key"),
            (site.Text("properties.virtualNetworkSubnetId")?.EndsWith("/subnets/app", StringComparison.Ordinal) is true, "is not in the network"),
            (site.Text("properties.httpsOnly") == "true", "takes plain HTTP"),
            (estate.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count(p => p.Text("properties.allow") == "false") == 2, "can be published to with a password"),
            (!estate.Settings.Values.Any(v => v.Contains("AccountKey=", StringComparison.Ordinal) || v.Contains("SharedAccess", StringComparison.Ordinal)), "holds a storage key"),
            (estate.Settings["Rekey__Offboarding__ClientState"].StartsWith("@Microsoft.KeyVault(SecretUri=https://kv-rkdocs-", StringComparison.Ordinal), "holds the client state itself"),
        ];
        return facts.Where(f => !f.Holds).Select(f => $"The app {f.What}.");
    }

    private static IEnumerable<string> OfEvents(Estate estate)
    {
        // Azure refuses a date beyond the days that the configuration gives, and one that is past authorizes nobody.
        var partners = estate.Only("Microsoft.EventGrid/partnerConfigurations");
        if (partners["properties.partnerAuthorization.authorizedPartnersList"]!.AsArray().Any(p => p!["authorizationExpirationTimeInUtc"] is not null) || partners.Text("properties.partnerAuthorization.defaultMaximumExpirationTimeInDays") != "365")
        {
            yield return "Graph's authorization ends on a fixed day.";
        }

        foreach (var subscription in estate.Of("Microsoft.EventGrid/partnerTopics/eventSubscriptions"))
        {
            if (subscription.Text("properties.retryPolicy.maxDeliveryAttempts") != "30" || subscription.Text("properties.retryPolicy.eventTimeToLiveInMinutes") != "1440")
            {
                yield return "An event is given up early.";
            }

            var letters = subscription["properties.deadLetterWithResourceIdentity.deadLetterDestination.properties"];
            var container = estate.Of("Microsoft.Storage/storageAccounts/blobServices/containers").SingleOrDefault(c => c.Id == $"{letters?["resourceId"]}/blobServices/default/containers/{letters?["blobContainerName"]}");
            if (container is null || !estate.Of("Microsoft.Authorization/roleAssignments").Any(a => a.On == container.Id && estate.NameOf(a.Text("properties.principalId")!) == $"{estate.Identity}-events"))
            {
                yield return "An event that cannot be delivered is lost.";
            }
        }
    }
}
