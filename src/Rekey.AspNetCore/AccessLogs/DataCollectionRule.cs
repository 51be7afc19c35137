namespace Rekey.AspNetCore.AccessLogs;

/// <summary>A data collection rule of Azure Monitor, which takes rows over the Logs Ingestion API.</summary>
public abstract class DataCollectionRule
{
    /// <summary>Only the logs of gateways and issuers are sent.</summary>
    private protected DataCollectionRule() { }

    /// <summary>The logs ingestion endpoint of the rule, such as <c>https://x.westeurope-1.ingest.monitor.azure.com</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The immutable id of the rule, such as <c>dcr-…</c>.</summary>
    public string RuleId { get; set; } = "";

    /// <summary>Whether the endpoint is an address that a token may be sent to.</summary>
    internal bool IsEndpointSafe =>
        Endpoint is { IsAbsoluteUri: true }
        && (Endpoint.Scheme == Uri.UriSchemeHttps || (Endpoint.Scheme == Uri.UriSchemeHttp && Endpoint.IsLoopback));
}
