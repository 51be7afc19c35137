using System.Globalization;

namespace Rekey.Local.Worlds;

/// <summary>The app's settings in a local company. Times are short, so that a person can watch; their relations are the real
/// ones.</summary>
internal static class WorldSettings
{
    public const string Audience = "api://rekey";

    /// <summary>The audience of security events.</summary>
    public const string EventAudience = "https://rekey.local/security-events";

    public static Dictionary<string, string> Make(World world, WorldOptions options)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["AzureWebJobsDisableHomepage"] = "true",
            ["AzureWebJobsStorage"] = world.Azurite.ConnectionString,
            ["RekeyState"] = world.StateConnection,
            ["RekeyEvidence"] = world.EvidenceConnection,
            ["IDENTITY_ENDPOINT"] = world.Identity.IdentityEndpoint,
            ["IDENTITY_HEADER"] = world.Identity.IdentityHeader,
            ["Rekey__Environment"] = "local",
            ["Rekey__Azure__TrustedCaFile"] = world.Authority.Path,
            ["Rekey__Azure__TrustedCaHosts__0"] = "localhost",
            ["Rekey__Azure__DisableChallengeResourceVerification"] = "true",
            ["Rekey__Azure__AuthorityHost"] = world.Identity.AuthorityHost.AbsoluteUri,
            ["Rekey__Azure__GraphEndpoint"] = world.Graph.Address.AbsoluteUri,
            ["Rekey__Azure__GraphScope"] = "https://graph.microsoft.com/.default",
            ["Rekey__Azure__ResourceManagerEndpoint"] = world.ResourceManager.Address.AbsoluteUri,
            ["Rekey__Azure__ResourceManagerScope"] = "https://management.azure.com/.default",
            ["Rekey__VaultAccess__Mode"] = "enforce",
            ["Rekey__VaultAccess__RemoverClientId"] = World.RemoverClientId,
            ["Rekey__Azure__ManagedIdentityClientId"] = World.AppClientId,
            ["Rekey__Azure__DocumentKeyVault"] = world.OwnVault.Address.AbsoluteUri,
            ["Rekey__Azure__DocumentKeyName"] = World.DocumentKey,
            ["Rekey__Azure__CheckpointKeyVault"] = world.OwnVault.Address.AbsoluteUri,
            ["Rekey__Azure__CheckpointKeyName"] = World.CheckpointKey,
            ["Rekey__Azure__CheckpointClientId"] = World.CheckpointClientId,
            ["Rekey__Azure__CheckpointThumbprint"] = world.CheckpointThumbprint,
            ["Rekey__Auth__Authority"] = world.Identity.Issuer,
            ["Rekey__Auth__Audience"] = Audience,
            ["Rekey__Departures__TenantId"] = world.Identity.TenantId,
            ["Rekey__Departures__CutOffClientId"] = World.CutOffClientId,
            ["Rekey__Departures__ClientState"] = world.ClientState,
            ["Rekey__Departures__Feed__PartnerTopicId"] =
                "/subscriptions/99999999-1111-4222-8333-444444444444/resourceGroups/rg-rekey-local"
                + "/providers/Microsoft.EventGrid/partnerTopics/pt-rekey-users",
            ["Rekey__Departures__Feed__Location"] = "westeurope",
            ["Rekey__Departures__Transmitters__0__Issuer"] = world.Identity.EventIssuer,
            ["Rekey__Departures__Transmitters__0__Audience"] = EventAudience,
            ["Rekey__Rotations__Mode"] = "enforce",
            ["Rekey__Trust__JwksMaxAge"] = "00:00:02",
            ["Rekey__Trust__VerifierCoolDown"] = "00:00:01",
            ["Rekey__Trust__StaleTime"] = "00:00:05",
            ["Rekey__Trust__InstanceCache"] = "00:00:00.500",
            ["Rekey__Trust__AnnounceTime"] = "00:00:05",
            ["Rekey__Trust__VerifierCacheTime"] = "00:00:10",
        };
        (settings["Rekey__VaultAccess__Declaration"], settings["Rekey__VaultAccess__DeclarationHash"]) = WorldAccess.Declare(world);
        var issuers = options.Keys.DistinctBy(k => k.IssuerName, StringComparer.Ordinal).ToList();
        for (var i = 0; i < issuers.Count; i++)
        {
            AddIssuer(settings, string.Create(CultureInfo.InvariantCulture, $"Rekey__Issuers__{i}__"), issuers[i], world);
        }

        for (var i = 0; i < options.Keys.Count; i++)
        {
            AddKey(settings, string.Create(CultureInfo.InvariantCulture, $"Rekey__Keys__{i}__"), options.Keys[i], world);
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static void AddIssuer(Dictionary<string, string> settings, string at, WorldKey key, World world)
    {
        settings[at + "Name"] = key.IssuerName;
        settings[at + "Issuer"] = key.Issuer;
        settings[at + "Audiences__0"] = key.Audience;
        settings[at + "PublicJwksUri"] = world.JwksAddress(key).AbsoluteUri;
        if (key.IsRsa)
        {
            (settings[at + "Algorithms__0"], settings[at + "Algorithms__1"]) = ("PS256", "RS256");
        }
    }

    private static void AddKey(Dictionary<string, string> settings, string at, WorldKey key, World world)
    {
        settings[at + "VaultUri"] = world.Vault.Address.AbsoluteUri;
        settings[at + "Name"] = key.Name;
        settings[at + "Issuer"] = key.IssuerName;
        for (var c = 0; c < key.Custodians.Length; c++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"{at}Custodians__{c}")] = key.Custodians[c];
        }
    }
}
