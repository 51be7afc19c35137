using System.Diagnostics.Metrics;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>
/// Logs, traces and metrics. Log lines go to the host, which shows them on a terminal, and to Azure Monitor where it is configured. There
/// every warning, error and finding is kept: alerts rest on them. Requests are the host's items; of the app's own calls few are kept.
/// </summary>
/// <remarks>
/// The host itself keeps to the Application Insights mode: in its OpenTelemetry mode it exports every request and every poll of a queue and
/// can sample neither (azure-functions-host issues 11496 and 11540).
/// </remarks>
internal static class Telemetry
{
    public const string Name = "Rekey";

    public static readonly Meter Meter = new(Name);

    /// <summary>Tokens that were introspected, by outcome.</summary>
    public static readonly Counter<long> Introspections = Meter.CreateCounter<long>("rekey.introspections");

    /// <summary>Invocations of functions that are not HTTP, by function and outcome.</summary>
    public static readonly Counter<long> Invocations = Meter.CreateCounter<long>("rekey.invocations");

    /// <summary>Rows of detections, those of quiet ones too, by detection.</summary>
    public static readonly Counter<long> Sightings = Meter.CreateCounter<long>("rekey.sweeps.rows");

    public static void AddRekeyTelemetry(this IHostApplicationBuilder builder)
    {
        // ASP.NET Core writes every address with its query, where some put a token or a key. The worker logs a failed function as an error
        // with its stack; the app has logged it in its own words.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        if (builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is not { Length: > 0 } connection)
        {
            return;
        }

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

        // No log line is sampled. What the exporter would measure by itself the host measures already, or the platform.
        void Export(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = connection;
            options.EnableTraceBasedLogsSampler = false;
            options.EnableStandardMetrics = false;
            options.EnablePerformanceCounters = false;
            options.EnableLiveMetrics = false;
        }
    }
}
