using Azure.Data.Tables;
using Azure.Identity;

namespace Rekey.Azure.Hosting;

/// <summary>The addresses of one Azure cloud.</summary>
/// <param name="Logs">Log Analytics' query API.</param>
/// <param name="LogsAudience">The audience of its tokens: in the public cloud the former name of the API.</param>
/// <remarks>
/// Sources: "Microsoft Graph national cloud deployments", "Azure Key Vault basic concepts" (DNS suffixes), Azure.Identity's authority
/// hosts, the audiences of the official Azure.Monitor.Query.
/// </remarks>
internal sealed record CloudAddresses(
    Uri Authority,
    Uri Graph,
    string VaultDnsSuffix,
    TableAudience Tables,
    Uri Logs,
    string LogsAudience,
    Uri ResourceManager
)
{
    public static CloudAddresses Of(AzureCloud cloud) =>
        cloud switch
        {
            AzureCloud.UsGovernment => new(
                AzureAuthorityHosts.AzureGovernment,
                new("https://graph.microsoft.us"),
                "vault.usgovcloudapi.net",
                TableAudience.AzureGovernment,
                new("https://api.loganalytics.us"),
                "https://api.loganalytics.us",
                new("https://management.usgovcloudapi.net")
            ),
            AzureCloud.China => new(
                AzureAuthorityHosts.AzureChina,
                new("https://microsoftgraph.chinacloudapi.cn"),
                "vault.azure.cn",
                TableAudience.AzureChina,
                new("https://api.loganalytics.azure.cn"),
                "https://api.loganalytics.azure.cn",
                new("https://management.chinacloudapi.cn")
            ),
            _ => new(
                AzureAuthorityHosts.AzurePublicCloud,
                new("https://graph.microsoft.com"),
                "vault.azure.net",
                TableAudience.AzurePublicCloud,
                new("https://api.loganalytics.azure.com"),
                "https://api.loganalytics.io",
                new("https://management.azure.com")
            ),
        };
}
