using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Rows;

namespace Rekey.AspNetCore.AccessLogs.Writers;

/// <summary>Writes rows to <c>ILogger</c>, with a property for each column. OpenTelemetry exports them as attributes.</summary>
internal sealed class LoggerWriter(ILoggerFactory loggers) : IGatewayLogWriter
{
    /// <summary>The category of the rows.</summary>
    public const string Category = "Rekey.GatewayLog";

    private readonly ILogger _log = loggers.CreateLogger(Category);

    public Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            _log.Log(
                row is AcceptedRow ? LogLevel.Information : LogLevel.Warning,
                new EventId(0, row.Stream),
                row.Columns,
                exception: null,
                (columns, _) =>
                    $"{row.Stream} {string.Join(' ', columns.Where(c => c.Value is not null).Select(c => $"{c.Key}={c.Value}"))}"
            );
        }

        return Task.CompletedTask;
    }
}
