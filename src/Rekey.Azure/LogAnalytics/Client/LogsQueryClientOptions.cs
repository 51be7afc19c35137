using Azure.Core;
using Rekey.Azure.Hosting;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>Options of <see cref="LogsQueryClient"/>: the address of the query API, and the common options of Azure clients.</summary>
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
        // The service times out first, and reports that.
        Retry.NetworkTimeout = queryTimeout + TimeSpan.FromSeconds(20);
    }

    /// <summary>The options for the configured cloud or settings.</summary>
    public LogsQueryClientOptions(AzureOptions options)
        : this(options.Logs, options.ScopeOfLogs, options.LogAnalytics.QueryTimeout) { }

    public Uri Endpoint { get; }

    public string Scope { get; }

    public TimeSpan QueryTimeout { get; }

    /// <summary>The maximum size of a reply in bytes.</summary>
    /// <remarks>Default 110 MiB: the service ends a reply at about 100 MiB of raw data, and JSON is a little longer.</remarks>
    public int LongestReply { get; set; } = 110 * 1024 * 1024;
}
