using System.Diagnostics.Metrics;
using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Rekey.Functions;

/// <summary>Traces, metrics and logs: to Azure Monitor when it is configured, otherwise to stdout, which the host logs as information. stderr it would log as errors.</summary>
public static class Telemetry
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
        var monitor = builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 } connection ? connection : null;
        builder.Logging.ClearProviders();

        // It writes every address with its query, where some put a token or a key, and two lines a request that say which endpoint began and ended: they cost more than many an answer. The
        // traces have all of it, queries blanked.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            if (monitor is not null)
            {
                logs.AddAzureMonitorLogExporter(o => o.ConnectionString = monitor);
            }
        });
        if (monitor is null)
        {
            builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", true));
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(Name))
            .WithTracing(traces =>
            {
                traces.AddSource(Name, "Azure.*").AddAspNetCoreInstrumentation(o => o.Filter = IsWorthATrace).AddHttpClientInstrumentation();
                _ = monitor is null ? traces.AddConsoleExporter() : traces.AddAzureMonitorTraceExporter(o => o.ConnectionString = monitor);
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Name).AddAspNetCoreInstrumentation();
                _ = monitor is null ? metrics.AddConsoleExporter() : metrics.AddAzureMonitorMetricExporter(o => o.ConnectionString = monitor);
            });
    }

    /// <summary>Every login asks Introspect, and every gateway polls: those are counted, not traced one by one.</summary>
    private static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/introspect", StringComparison.OrdinalIgnoreCase) && !context.Request.Path.StartsWithSegments("/blocklist", StringComparison.OrdinalIgnoreCase);
}
