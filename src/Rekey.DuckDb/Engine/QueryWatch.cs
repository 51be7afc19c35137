using DuckDB.NET.Data;
using Rekey.DuckDb.Intake;

namespace Rekey.DuckDb.Engine;

/// <summary>Watches a running query: reports its progress, and stops it on cancellation.</summary>
internal sealed class QueryWatch : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private readonly DuckDBConnection _connection;
    private readonly DuckDBCommand _command;
    private readonly string _stage;
    private readonly IProgress<LogProgress>? _progress;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _stop;
    private readonly Timer _timer;

    public QueryWatch(
        DuckDBConnection connection,
        DuckDBCommand command,
        string stage,
        IProgress<LogProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        (_connection, _command, _stage, _cancel, _progress) = (
            connection,
            command,
            stage,
            cancellationToken,
            stage.Length == 0 ? null : progress
        );
        _progress?.Report(new(stage, null));
        _timer = new(_ => Look(), null, Beat, Beat);
        _stop = cancellationToken.Register(command.Cancel);
    }

    public void Dispose()
    {
        _stop.Dispose();
        using var done = new ManualResetEvent(false);
        if (_timer.Dispose(done))
        {
            done.WaitOne();
        }
    }

    private void Look()
    {
        if (_cancel.IsCancellationRequested)
        {
            // A query that began just after the stop has missed it: stop again.
            _command.Cancel();
        }
        else if (_progress is not null)
        {
            _progress.Report(new(_stage, _connection.GetQueryProgress().Percentage is >= 0 and <= 100 and var percent ? percent : null));
        }
    }
}
