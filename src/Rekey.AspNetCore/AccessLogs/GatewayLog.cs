using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Rows;
using Rekey.AspNetCore.AccessLogs.Writers;
using Rekey.AspNetCore.Monitoring;
using Rekey.AspNetCore.Tokens;
using Rekey.Blocking;
using Rekey.Trust;

namespace Rekey.AspNetCore.AccessLogs;

/// <summary>
/// The access log: a row for each accepted and each refused token. A request never waits for it. Accesses and refusals have buffers of
/// their own, so that a flood of refusals drops no access.
/// </summary>
internal sealed class GatewayLog : IHostedService, IDisposable
{
    /// <summary>How long a stop waits for the last rows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly GatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly IReadOnlyList<IDisposable> _own;
    private readonly IReadOnlyList<BufferedRows> _accesses;
    private readonly IReadOnlyList<BufferedRows> _refusals;
    private bool _isDisposed;

    public GatewayLog(
        IEnumerable<IGatewayLogWriter> writers,
        GatewayOptions options,
        GatewayMetrics metrics,
        TimeProvider timeProvider,
        ILoggerFactory loggers
    )
    {
        (_options, _metrics, _timeProvider) = (options, metrics, timeProvider);
        var own = new List<IGatewayLogWriter>();
        if (options.AccessLog.ToFiles)
        {
            own.Add(new FileWriter(options, timeProvider, loggers.CreateLogger<FileWriter>()));
        }

        if (options.AccessLog.ToLogger)
        {
            own.Add(new LoggerWriter(loggers));
        }

        if (options.AccessLog.Ingestion is { } ingestion)
        {
            own.Add(new IngestionWriter(ingestion));
        }

        _own = [.. own.OfType<IDisposable>()];
        var all = own.Concat(writers).ToList();
        var log = loggers.CreateLogger<GatewayLog>();
        IReadOnlyList<BufferedRows> Buffers(string stream) =>
            [.. all.Select(w => new BufferedRows(stream, w, options, metrics, timeProvider, log))];
        (_accesses, _refusals) = (Buffers(AcceptedRow.Name), Buffers(RefusalRow.Name));
    }

    /// <summary>Logs an accepted token as soon as the status of the reply is known.</summary>
    public void Accepted(HttpContext context, AcceptedToken token)
    {
        var access = new PendingAccess(
            this,
            context,
            new(token, RowCaller.Of(context)) { TimeGenerated = _timeProvider.GetUtcNow(), Gateway = _options.Name }
        );
        context.Response.OnStarting(static a => ((PendingAccess)a).Finish(isAnswered: true), access);
        context.Response.OnCompleted(static a => ((PendingAccess)a).Finish(isAnswered: false), access);
    }

    /// <summary>Logs a refused token by what it says of itself.</summary>
    public void Refused(HttpContext context, string reason, ClaimedToken? claimed) =>
        Refused(
            context,
            reason,
            claimed is null
                ? null
                : new TokenFacts(claimed.Issuer, claimed.Jti, claimed.Subject, claimed.Kid, claimed.IssuedAt, claimed.SigningInputSha256)
        );

    /// <summary>Logs a token that the lists accept and the application refuses.</summary>
    public void Refused(HttpContext context, string reason, TokenFacts? facts) =>
        Refused(
            reason,
            new(reason, RowCaller.Of(context))
            {
                TimeGenerated = _timeProvider.GetUtcNow(),
                Gateway = _options.Name,
                Iss = facts?.Issuer,
                Jti = facts?.Jti,
                Kid = facts?.Kid,
                Sub = facts?.Subject,
                IssuedAt = facts?.IssuedAt,
                SigningInputSha256 = facts?.SigningInputSha256,
            }
        );

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var buffer in _accesses.Concat(_refusals))
        {
            buffer.Start();
        }

        return Task.CompletedTask;
    }

    /// <summary>Writes the rows that wait. Those that cannot be written in time are counted in the log.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await Task.WhenAll(_accesses.Concat(_refusals).Select(b => b.StopAsync(both.Token)));
    }

    /// <summary>It is a service and a hosted service: the container disposes it twice.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (var owned in _own.Concat(_accesses).Concat(_refusals))
        {
            owned.Dispose();
        }
    }

    private void Add(AcceptedRow row)
    {
        foreach (var buffer in _accesses)
        {
            buffer.Add(row);
        }
    }

    private void Refused(string reason, RefusalRow row)
    {
        _metrics.Refused(reason);
        foreach (var buffer in _refusals)
        {
            buffer.Add(row);
        }
    }

    /// <summary>An access whose reply has no status yet. A reply may last for hours, so its start counts.</summary>
    private sealed class PendingAccess(GatewayLog log, HttpContext context, AcceptedRow row)
    {
        private int _finished;

        public Task Finish(bool isAnswered)
        {
            if (Interlocked.Exchange(ref _finished, 1) == 0)
            {
                row.StatusCode = isAnswered || context.Response.HasStarted ? context.Response.StatusCode : null;
                log.Add(row);
            }

            return Task.CompletedTask;
        }
    }
}
