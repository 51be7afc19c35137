using Azure.Data.Tables;
using Azure.Identity;

namespace Rekey.Azure.Hosting;

/// <summary>The Azure cloud that everything lives in.</summary>
public enum AzureCloud
{
    Public,
    UsGovernment,
    China,
}

/// <summary>What differs between the clouds.</summary>
/// <remarks>Sources: "Microsoft Graph national cloud deployments", "Azure Key Vault basic concepts" (DNS suffixes), Azure.Identity's authority hosts.</remarks>
internal sealed record CloudAddresses(Uri Authority, Uri Graph, string VaultDnsSuffix, TableAudience Tables)
{
    public static CloudAddresses Of(AzureCloud cloud) => cloud switch
    {
        AzureCloud.UsGovernment => new(AzureAuthorityHosts.AzureGovernment, new("https://graph.microsoft.us"), "vault.usgovcloudapi.net", TableAudience.AzureGovernment),
        AzureCloud.China => new(AzureAuthorityHosts.AzureChina, new("https://microsoftgraph.chinacloudapi.cn"), "vault.azure.cn", TableAudience.AzureChina),
        _ => new(AzureAuthorityHosts.AzurePublicCloud, new("https://graph.microsoft.com"), "vault.azure.net", TableAudience.AzurePublicCloud),
    };
}
