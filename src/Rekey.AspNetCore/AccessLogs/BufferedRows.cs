using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Rows;
using Rekey.AspNetCore.Monitoring;

namespace Rekey.AspNetCore.AccessLogs;

/// <summary>
/// The rows of one stream that wait for one writer. When the buffer is full, rows are dropped and counted; a row about the gap follows as
/// soon as the writer writes again.
/// </summary>
internal sealed class BufferedRows(
    string stream,
    IGatewayLogWriter writer,
    GatewayOptions options,
    GatewayMetrics metrics,
    TimeProvider timeProvider,
    ILogger log
) : IDisposable
{
    private const int Batch = 500;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Channel<GatewayRow> _rows = Channel.CreateBounded<GatewayRow>(
        new BoundedChannelOptions(options.AccessLog.BufferedRows) { SingleReader = true }
    );
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private (long Rows, DateTimeOffset From, DateTimeOffset To) _dropped;
    private Task _writing = Task.CompletedTask;
    private int _inHand;

    /// <summary>Adds a row, or drops and counts it. Never waits.</summary>
    public void Add(GatewayRow row)
    {
        if (!_rows.Writer.TryWrite(row))
        {
            Drop(1, row.TimeGenerated, row.TimeGenerated);
        }
    }

    public void Start() => _writing = Task.Run(WriteAsync, CancellationToken.None);

    /// <summary>Writes what waits, until the call is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _rows.Writer.TryComplete();
        await using (cancellationToken.Register(_stop.Cancel))
        {
            await _writing;
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task WriteAsync()
    {
        var batch = new List<GatewayRow>(Batch);
        try
        {
            while (await _rows.Reader.WaitToReadAsync(_stop.Token))
            {
                for (batch.Clear(); batch.Count < Batch && _rows.Reader.TryRead(out var row); )
                {
                    batch.Add(row);
                }

                await WriteAsync(batch, _stop.Token);
            }

            await WriteAsync([], _stop.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogCritical(
                "Rekey's gateway stopped before it could write {Rows} rows of {Stream}.",
                _rows.Reader.Count + _inHand + _dropped.Rows,
                stream
            );
        }
    }

    private async Task WriteAsync(IReadOnlyList<GatewayRow> rows, CancellationToken cancellationToken)
    {
        _inHand = rows.Count;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            // The gap goes with the rows behind it, so that it is written once.
            var gap = Dropped();
            IReadOnlyList<GatewayRow> all = gap is null ? rows : [.. rows, gap];
            if (all.Count == 0)
            {
                return;
            }

            try
            {
                await writer.WriteAsync(all, cancellationToken);
                _inHand = 0;
                Written(gap);
                return;
            }
            catch (RowsRefusedException e)
            {
                log.LogError(
                    "The target of the access log refuses {Rows} rows of {Stream}. Reason: {Reason}",
                    rows.Count,
                    stream,
                    e.Message
                );
                if (rows.Count > 0)
                {
                    Drop(rows.Count, rows[0].TimeGenerated, rows[^1].TimeGenerated);
                }

                _inHand = 0;
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                log.LogError(
                    "Rekey's gateway cannot write {Stream} and tries again in {Pause}. Reason: {Reason}",
                    stream,
                    pause,
                    e.Message
                );
                await Task.Delay(pause, timeProvider, cancellationToken);
            }
        }
    }

    private void Drop(long rows, DateTimeOffset from, DateTimeOffset to)
    {
        metrics.Dropped(stream, rows);
        lock (_lock)
        {
            _dropped =
                _dropped.Rows == 0
                    ? (rows, from, to)
                    : (_dropped.Rows + rows, from < _dropped.From ? from : _dropped.From, to > _dropped.To ? to : _dropped.To);
        }
    }

    private GapRow? Dropped()
    {
        lock (_lock)
        {
            return _dropped.Rows == 0
                ? null
                : new(stream, _dropped.From, _dropped.To, _dropped.Rows, "dropped")
                {
                    TimeGenerated = timeProvider.GetUtcNow(),
                    Gateway = options.Name,
                };
        }
    }

    /// <summary>Forgets the rows of a gap that was written. Those that were dropped meanwhile stay.</summary>
    private void Written(GapRow? gap)
    {
        if (gap is null)
        {
            return;
        }

        log.LogError("Rekey's gateway dropped {Rows} rows of {Stream}.", gap.Missing, stream);
        lock (_lock)
        {
            _dropped = _dropped with { Rows = _dropped.Rows - gap.Missing!.Value };
        }
    }
}
