using Azure.Core;
using Rekey.Azure.Hosting;

namespace Rekey.Azure.ResourceManager;

/// <summary>Options of <see cref="ResourceManagerClient"/> and <see cref="GrantRemover"/>: where Azure Resource Manager is, beside what
/// every Azure client has.</summary>
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

    /// <summary>As the cloud in use, or the settings, have it.</summary>
    public ResourceManagerClientOptions(AzureOptions options)
        : this(options.ResourceManager, options.ScopeOfResourceManager) => MaxThrottleWait = options.MaxThrottleWait;

    public Uri Endpoint { get; }

    public string Scope { get; }

    /// <summary>How long one call may wait for a throttled service before its work is put off.</summary>
    public TimeSpan MaxThrottleWait { get; set; } = TimeSpan.FromSeconds(60);
}
