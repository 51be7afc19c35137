using System.Data.Common;
using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>
/// Logs, traces and metrics. Log lines go to the host, which shows them on a terminal, and to Azure Monitor where it is configured. Every
/// warning, error and finding is kept there, since alerts use them. The host exports requests; few of the app's own calls are kept.
/// </summary>
/// <remarks>
/// The host stays in its Application Insights mode. In its OpenTelemetry mode it exports every request and every poll of a queue and can
/// sample neither (azure-functions-host issues 11496 and 11540).
/// </remarks>
internal static class Telemetry
{
    public const string Name = "Rekey";

    public static readonly Meter Meter = new(Name);

    /// <summary>Counts introspected tokens by outcome.</summary>
    public static readonly Counter<long> Introspections = Meter.CreateCounter<long>("rekey.introspections");

    /// <summary>Counts invocations of non-HTTP functions by function and outcome.</summary>
    public static readonly Counter<long> Invocations = Meter.CreateCounter<long>("rekey.invocations");

    /// <summary>Counts rows of detections, including quiet ones, by detection.</summary>
    public static readonly Counter<long> Sightings = Meter.CreateCounter<long>("rekey.sweeps.rows");

    public static void AddRekeyTelemetry(this IHostApplicationBuilder builder)
    {
        // ASP.NET Core logs every address with its query, which may hold a token or key. The worker logs a failed function with its stack;
        // the app has logged it already.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(MakeLoggers));
        if (builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is not { Length: > 0 } connection)
        {
            return;
        }

        var sender = Sender(builder.Configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]);
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>("Microsoft.Azure.Functions.Worker.FunctionsApplication", LogLevel.None);
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.AddAzureMonitorLogExporter(Export);
        });
        builder
            .Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithTracing(traces =>
                traces
                    .AddHttpClientInstrumentation()
                    .AddProcessor(new CallsWorthKeeping())
                    .AddAzureMonitorTraceExporter(Export)
                    .SetSampler(new RecordOnlySampler())
            )
            .WithMetrics(metrics => metrics.AddMeter(Name).AddAzureMonitorMetricExporter(Export));

        // No log line is sampled. The host or the platform measures already what the exporter would.
        void Export(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = connection;
            options.Credential = sender;
            options.EnableTraceBasedLogsSampler = false;
            options.EnableStandardMetrics = false;
            options.EnablePerformanceCounters = false;
            options.EnableLiveMetrics = false;
        }
    }

    /// <summary>Returns the identity that sends telemetry, as the Functions host reads it: <c>Authorization=AAD</c>, with <c>ClientId</c>
    /// for a user-assigned identity. Null without a text: the key in the connection string is enough.</summary>
    internal static TokenCredential? Sender(string? authentication)
    {
        if (string.IsNullOrEmpty(authentication))
        {
            return null;
        }

        var parts = new DbConnectionStringBuilder { ConnectionString = authentication };
        return new ManagedIdentityCredential(
            parts.TryGetValue("ClientId", out var id) && id is string { Length: > 0 } clientId
                ? ManagedIdentityId.FromUserAssignedClientId(clientId)
                : ManagedIdentityId.SystemAssigned
        );
    }

    private static CleanLoggerFactory MakeLoggers(IServiceProvider services) =>
        new(
            new LoggerFactory(
                services.GetServices<ILoggerProvider>(),
                services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
                services.GetService<IOptions<LoggerFactoryOptions>>(),
                services.GetService<IExternalScopeProvider>()
            )
        );
}
