using Rekey.Azure.LogAnalytics;
using Rekey.Trust;

namespace Rekey.Azure.Hosting;

/// <summary>The settings of Azure services: addresses, identities and time limits. An address that is not set follows from
/// <see cref="Cloud"/>.</summary>
public sealed class AzureOptions
{
    /// <summary>The Azure cloud. It determines the addresses that are not set.</summary>
    public AzureCloud Cloud { get; set; }

    /// <summary>Entra's authority, such as <c>https://login.microsoftonline.com/</c>; https.</summary>
    public Uri? AuthorityHost { get; set; }

    /// <summary>Microsoft Graph without version, such as <c>https://graph.microsoft.com</c>; https.</summary>
    public Uri? GraphEndpoint { get; set; }

    /// <summary>The scope of tokens for Graph. Default: the scope of the cloud, for any endpoint.</summary>
    public string? GraphScope { get; set; }

    /// <summary>Log Analytics' query API, such as <c>https://api.loganalytics.azure.com</c>; https.</summary>
    public Uri? LogAnalyticsEndpoint { get; set; }

    /// <summary>The scope of its tokens; by default the cloud's own; it does not depend on the endpoint.</summary>
    public string? LogAnalyticsScope { get; set; }

    /// <summary>Azure Resource Manager, where role assignments are read, such as <c>https://management.azure.com</c>; https.</summary>
    public Uri? ResourceManagerEndpoint { get; set; }

    /// <summary>The scope of its tokens; by default the cloud's own; it does not depend on the endpoint.</summary>
    public string? ResourceManagerScope { get; set; }

    /// <summary>The workspace with the two log streams, and how it is read.</summary>
    public LogAnalyticsOptions LogAnalytics { get; set; } = new();

    /// <summary>The DNS suffix of vaults, such as <c>vault.azure.net</c>.</summary>
    public string? VaultDnsSuffix { get; set; }

    /// <summary>A PEM file with certificates of an additional authority to trust, for networks with their own and for emulators. Null:
    /// only the system's authorities.</summary>
    public string? TrustedCaFile { get; set; }

    /// <summary>The hosts whose certificates may come from that authority, such as <c>kv.vault.azure.net</c> or
    /// <c>*.vault.azure.net</c>, where <c>*</c> stands for one label.</summary>
    /// <remarks>
    /// Empty by default: a holder of the authority's key can impersonate every host named here. Entra's, named here, means that they can
    /// make callers. Other hosts need a certificate from one of the system's authorities.
    /// </remarks>
    public IList<string> TrustedCaHosts { get; set; } = [];

    /// <summary>Send vault tokens to hosts outside the resource that the vault's challenge names.</summary>
    /// <remarks>
    /// Default off. If on, a wrong vault address can collect a token that is valid for every vault. Use it only for vaults outside the
    /// cloud's DNS suffix, such as emulators.
    /// </remarks>
    public bool DisableChallengeResourceVerification { get; set; }

    /// <summary>Client id of the user-assigned identity; null: the system-assigned one, or a developer's Azure CLI.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary>The custom topic for Rekey's events, such as <c>https://x.westeurope-1.eventgrid.azure.net/api/events</c>. Null:
    /// none.</summary>
    public Uri? EventGridTopicEndpoint { get; set; }

    /// <summary>The <c>source</c> of outgoing events (CloudEvents 1.0 §3.1.1: a URI reference).</summary>
    public string EventSource { get; set; } = "/rekey";

    /// <summary>How long one call may wait for a throttled vault, Graph or Resource Manager before its work goes back to the
    /// queue.</summary>
    /// <remarks>Default 60 s: six of the vault's throttling windows, and well below host.json's functionTimeout of 5 min.</remarks>
    public TimeSpan MaxThrottleWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The vault of Rekey's own document key, which signs the trust list and the blocklist.</summary>
    public Uri? DocumentKeyVault { get; set; }

    /// <summary>Name of the document key. Never a token key.</summary>
    public string? DocumentKeyName { get; set; }

    /// <summary>Version of the document key; null: the newest.</summary>
    /// <remarks>Pin it to change the key without touching gateways: while an older version is pinned, the trust list announces the newest
    /// one, and gateways follow when it signs.</remarks>
    public string? DocumentKeyVersion { get; set; }

    /// <summary>The algorithm of an RSA document key: RS256 to PS512. Default PS256: RFC 8725 §3.2 prefers it to PKCS #1 v1.5.</summary>
    public string DocumentRsaAlgorithm { get; set; } = "PS256";

    /// <summary>The vault of the key that signs ledger checkpoints. Without one, Rekey raises a finding.</summary>
    public Uri? CheckpointKeyVault { get; set; }

    /// <summary>Name of the checkpoint key. It must not sign anything else.</summary>
    public string? CheckpointKeyName { get; set; }

    /// <summary>Client id of the user-assigned identity that alone may sign with the checkpoint key. It must not be the app's
    /// own.</summary>
    public string? CheckpointClientId { get; set; }

    /// <summary>RFC 7638 thumbprint of the checkpoint key at its creation. Null before it is known: then no checkpoint is signed, and
    /// <c>rekey doctor</c> shows the thumbprint.</summary>
    public string? CheckpointThumbprint { get; set; }

    /// <summary>Returns the document key, or null.</summary>
    public SigningKey? DocumentKey => DocumentKeyVault is { } vault && DocumentKeyName is { } name ? new SigningKey(vault, name) : null;

    /// <summary>Returns every mistake; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var mistakes = new List<string>();
        Check(Enum.IsDefined(Cloud), $"{nameof(Cloud)} must be Public, UsGovernment or China.");
        foreach (
            var (name, address) in new[]
            {
                (nameof(AuthorityHost), AuthorityHost),
                (nameof(GraphEndpoint), GraphEndpoint),
                (nameof(LogAnalyticsEndpoint), LogAnalyticsEndpoint),
                (nameof(ResourceManagerEndpoint), ResourceManagerEndpoint),
                (nameof(EventGridTopicEndpoint), EventGridTopicEndpoint),
                (nameof(DocumentKeyVault), DocumentKeyVault),
            }
        )
        {
            Check(
                address is null || (address.IsAbsoluteUri && string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)),
                $"{name} must be an absolute https address, because every request carries an access token."
            );
        }

        Check(
            GraphScope is null || GraphScope.EndsWith("/.default", StringComparison.Ordinal),
            $"{nameof(GraphScope)} must end with /.default."
        );
        Check(
            LogAnalyticsScope is null || LogAnalyticsScope.EndsWith("/.default", StringComparison.Ordinal),
            $"{nameof(LogAnalyticsScope)} must end with /.default."
        );
        Check(
            ResourceManagerScope is null || ResourceManagerScope.EndsWith("/.default", StringComparison.Ordinal),
            $"{nameof(ResourceManagerScope)} must end with /.default."
        );
        mistakes.AddRange(LogAnalytics.Validate());
        Check(
            VaultDnsSuffix is null || Uri.CheckHostName(VaultDnsSuffix.TrimStart('.')) is UriHostNameType.Dns,
            $"{nameof(VaultDnsSuffix)} must be a DNS name such as vault.azure.net."
        );
        Check(TrustedCaFile is null || File.Exists(TrustedCaFile), $"{nameof(TrustedCaFile)} '{TrustedCaFile}' does not exist.");
        Check(
            TrustedCaFile is null == (TrustedCaHosts.Count == 0),
            $"Set both {nameof(TrustedCaFile)} and {nameof(TrustedCaHosts)}, or neither: the authority is trusted for the named hosts only."
        );
        foreach (var host in TrustedCaHosts.Where(h => !IsHostName(h)))
        {
            mistakes.Add($"{nameof(TrustedCaHosts)}: '{host}' is not a host name such as kv.vault.azure.net or *.vault.azure.net.");
        }

        Check(
            ManagedIdentityClientId is null || Guid.TryParse(ManagedIdentityClientId, out _),
            $"{nameof(ManagedIdentityClientId)} must be a GUID."
        );
        Check(
            MaxThrottleWait >= TimeSpan.FromSeconds(10),
            $"{nameof(MaxThrottleWait)} must be at least 10 s, the throttling window of a vault."
        );
        Check(
            MaxThrottleWait <= TimeSpan.FromMinutes(4),
            $"{nameof(MaxThrottleWait)} must stay below functionTimeout (5 min): at most 4 min."
        );
        Check(
            DocumentKeyVault is null == DocumentKeyName is null,
            $"Set both {nameof(DocumentKeyVault)} and {nameof(DocumentKeyName)}, or neither."
        );
        Check(
            CheckpointKeyVault is null == CheckpointKeyName is null
                && CheckpointKeyVault is null == CheckpointClientId is null
                && (CheckpointThumbprint is null || CheckpointKeyVault is not null),
            $"Set all of {nameof(CheckpointKeyVault)}, {nameof(CheckpointKeyName)} and {nameof(CheckpointClientId)}, or none; "
                + $"{nameof(CheckpointThumbprint)} needs them."
        );
        Check(
            CheckpointClientId is null || !string.Equals(CheckpointClientId, ManagedIdentityClientId, StringComparison.OrdinalIgnoreCase),
            $"{nameof(CheckpointClientId)} must not be the app's own identity."
        );
        Check(
            CheckpointKeyVault is null
                || DocumentKey is null
                || !new SigningKey(CheckpointKeyVault, CheckpointKeyName ?? "").Equals(DocumentKey),
            $"{nameof(CheckpointKeyName)} must not be the key that signs the trust list."
        );
        Check(DocumentKeyVersion is null || DocumentKeyName is not null, $"{nameof(DocumentKeyVersion)} needs {nameof(DocumentKeyName)}.");
        Check(
            DocumentRsaAlgorithm is "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512",
            $"{nameof(DocumentRsaAlgorithm)} must be one of RS256 to PS512."
        );
        Check(
            Uri.TryCreate(EventSource, UriKind.RelativeOrAbsolute, out _) && EventSource.Length > 0,
            $"{nameof(EventSource)} must be a URI reference."
        );
        return mistakes;

        void Check(bool holds, string mistake)
        {
            if (!holds)
            {
                mistakes.Add(mistake);
            }
        }
    }

    /// <summary>The hosts that reading the access to a vault calls.</summary>
    public IReadOnlyList<string> VaultAccessHosts => [Authority.Host, Graph.Host, ResourceManager.Host];

    private static bool IsHostName(string host) =>
        Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is not UriHostNameType.Unknown;

    /// <summary>Whether the address belongs to a vault in this cloud: https, and a single name under the suffix.</summary>
    public bool IsVault(Uri address)
    {
        var suffix = "." + (VaultDnsSuffix ?? CloudAddresses.Of(Cloud).VaultDnsSuffix).TrimStart('.');
        return address.IsAbsoluteUri
            && string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            && (DisableChallengeResourceVerification || address.Host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    internal Uri Authority => AuthorityHost ?? CloudAddresses.Of(Cloud).Authority;

    /// <summary>The address of Microsoft Graph.</summary>
    public Uri GraphAddress => Graph;

    internal Uri Graph => GraphEndpoint ?? CloudAddresses.Of(Cloud).Graph;

    internal string ScopeOfGraph => GraphScope ?? CloudAddresses.Of(Cloud).Graph.GetLeftPart(UriPartial.Authority) + "/.default";

    internal Uri Logs => LogAnalyticsEndpoint ?? CloudAddresses.Of(Cloud).Logs;

    internal string ScopeOfLogs => LogAnalyticsScope ?? CloudAddresses.Of(Cloud).LogsAudience + "/.default";

    internal Uri ResourceManager => ResourceManagerEndpoint ?? CloudAddresses.Of(Cloud).ResourceManager;

    internal string ScopeOfResourceManager =>
        ResourceManagerScope ?? CloudAddresses.Of(Cloud).ResourceManager.GetLeftPart(UriPartial.Authority) + "/.default";
}
