using Azure.Core;
using Rekey.Azure.Hosting;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>Options of <see cref="LogsQueryClient"/>: where the query API is, beside what every Azure client has.</summary>
public sealed class LogsQueryClientOptions : ClientOptions
{
    /// <param name="endpoint">Such as <c>https://api.loganalytics.azure.com</c>.</param>
    /// <param name="scope">Such as <c>https://api.loganalytics.io/.default</c>.</param>
    /// <param name="queryTimeout">How long the service may work on one query.</param>
    public LogsQueryClientOptions(Uri endpoint, string scope, TimeSpan queryTimeout)
    {
        Endpoint = endpoint;
        Scope = scope;
        QueryTimeout = queryTimeout;
        Retry.MaxRetries = 2;
        Retry.Delay = TimeSpan.FromMilliseconds(500);
        Retry.MaxDelay = TimeSpan.FromSeconds(4);
        // The service gives up first, and says so.
        Retry.NetworkTimeout = queryTimeout + TimeSpan.FromSeconds(20);
    }

    /// <summary>As the cloud in use, or the settings, have it.</summary>
    public LogsQueryClientOptions(AzureOptions options)
        : this(options.Logs, options.ScopeOfLogs, options.LogAnalytics.QueryTimeout) { }

    public Uri Endpoint { get; }

    public string Scope { get; }

    public TimeSpan QueryTimeout { get; }

    /// <summary>Bytes of a reply that are read at most.</summary>
    /// <remarks>Default 110 MiB: the service ends a reply at about 100 MiB of raw data, and JSON is a little longer.</remarks>
    public int LongestReply { get; set; } = 110 * 1024 * 1024;
}
