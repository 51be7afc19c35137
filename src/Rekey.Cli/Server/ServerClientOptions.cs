using Azure.Core;
using Azure.Core.Pipeline;

namespace Rekey.Cli.Server;

/// <summary>The settings of the pipeline of <see cref="ServerClient"/>.</summary>
internal sealed class ServerClientOptions : ClientOptions
{
    public ServerClientOptions(HttpPipelineTransport transport)
    {
        Transport = transport;
        Retry.MaxRetries = 4;
        Retry.Delay = TimeSpan.FromMilliseconds(250);
        // Azure's front end ends a request after 230 s.
        Retry.NetworkTimeout = TimeSpan.FromSeconds(240);
        Diagnostics.IsLoggingEnabled = false;
        Diagnostics.IsDistributedTracingEnabled = false;
    }
}
