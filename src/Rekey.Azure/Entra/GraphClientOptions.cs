using Azure.Core;

namespace Rekey.Azure.Entra;

/// <summary>Options of the Microsoft Graph clients: the address of Graph, and the common options of Azure clients.</summary>
internal sealed class GraphClientOptions : ClientOptions
{
    /// <param name="endpoint">Such as <c>https://graph.microsoft.com</c>.</param>
    /// <param name="scope">Such as <c>https://graph.microsoft.com/.default</c>.</param>
    public GraphClientOptions(Uri endpoint, string scope)
    {
        Endpoint = endpoint;
        Scope = scope;
        Retry.MaxRetries = 2;
        Retry.Delay = TimeSpan.FromMilliseconds(500);
        Retry.MaxDelay = TimeSpan.FromSeconds(4);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
    }

    public Uri Endpoint { get; }

    public string Scope { get; }
}
