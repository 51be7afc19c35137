using Azure.Core;
using Rekey.Azure.Hosting;

namespace Rekey.Azure.ResourceManager;

/// <summary>Options of <see cref="ResourceManagerClient"/> and <see cref="GrantRemover"/>: its address, and the common options of Azure
/// clients.</summary>
internal sealed class ResourceManagerClientOptions : ClientOptions
{
    /// <param name="endpoint">Such as <c>https://management.azure.com</c>.</param>
    /// <param name="scope">Such as <c>https://management.azure.com/.default</c>.</param>
    public ResourceManagerClientOptions(Uri endpoint, string scope)
    {
        Endpoint = endpoint;
        Scope = scope;
        Retry.MaxRetries = 2;
        Retry.Delay = TimeSpan.FromMilliseconds(500);
        Retry.MaxDelay = TimeSpan.FromSeconds(4);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
    }

    /// <summary>The options for the configured cloud or settings.</summary>
    public ResourceManagerClientOptions(AzureOptions options)
        : this(options.ResourceManager, options.ScopeOfResourceManager) { }

    public Uri Endpoint { get; }

    public string Scope { get; }
}
