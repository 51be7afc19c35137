using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.Issuer.Tokens;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>
/// The record of the tokens on disk. A row is flushed to the disk before its token is signed; rows that wait together share one flush.
/// Numbers rise by one with each row that was written, also over restarts. When a row cannot be written, its token is refused.
/// </summary>
internal sealed class IssuanceJournal : IHostedService, IDisposable
{
    private const int Batch = 256;

    /// <summary>How often a journal that failed is tried again without a token.</summary>
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(2);

    private readonly IssuerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly JournalSender _sender;
    private readonly BlockingCollection<WaitingToken> _waiting;
    private readonly Thread _thread;
    private FileStream? _open;
    private DateTimeOffset _openSince;
    private long _total;
    private long _next;
    private volatile string? _failure = "The journal is not open yet.";

    public IssuanceJournal(IssuerOptions options, JournalSender sender, TimeProvider timeProvider, ILogger<IssuanceJournal> log)
    {
        (_options, _sender, _timeProvider, _log) = (options, sender, timeProvider, log);
        Folder = new(options, timeProvider, log);
        _waiting = new(options.MaxWaiting);
        _thread = new(Run) { IsBackground = true, Name = "rekey-journal" };
    }

    public JournalFolder Folder { get; }

    /// <summary>Why no row can be written; null when rows can be.</summary>
    public string? Failure => _failure;

    /// <summary>The name of this instance: the issuer's, and a part that is this folder's own.</summary>
    public string Instance => $"{_options.Name}~{Folder.Instance}";

    /// <summary>The number of the last row.</summary>
    public long Sequence => Interlocked.Read(ref _next) - 1;

    /// <summary>The time of the oldest row that was not sent; null when all were.</summary>
    public DateTimeOffset? UnsentSince => _sender.UnsentSince;

    /// <summary>The file of the rows that Azure Monitor refused for good; null when there are none.</summary>
    public string? RefusedRows => _sender.Refused;

    /// <summary>Writes a token's row to the disk. Its token may be signed when this returns.</summary>
    /// <exception cref="IssuanceRefusedException">It is not on the disk.</exception>
    public async Task RecordAsync(TokenToSign token, CancellationToken cancellationToken)
    {
        var waiting = new WaitingToken(token);
        try
        {
            if (!_thread.IsAlive || !_waiting.TryAdd(waiting, 0, CancellationToken.None))
            {
                throw Refused("journal-closed", "The journal is not open, or too many rows wait for it.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw Refused("journal-closed", "The journal is closed: the issuer stops.", e);
        }

        await waiting.IsWritten.Task.WaitAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _next = Folder.Open();
        _total = Folder.Files().Sum(f => f.File.Length);
        _failure = null;
        _sender.Begin(Folder);
        _thread.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.CompleteAdding();
        if (_thread.IsAlive)
        {
            await Task.Run(_thread.Join, cancellationToken);
        }

        Close();
    }

    public void Dispose()
    {
        Close();
        Folder.Dispose();
        _waiting.Dispose();
    }

    private void Run()
    {
        var batch = new List<WaitingToken>(Batch);
        while (!_waiting.IsCompleted)
        {
            batch.Clear();
            if (!_waiting.TryTake(out var first, _failure is null ? Timeout.InfiniteTimeSpan : ProbeEvery))
            {
                Probe();
                continue;
            }

            for (batch.Add(first); batch.Count < Batch && _waiting.TryTake(out var more); )
            {
                batch.Add(more);
            }

            Write(batch);
        }
    }

    private void Write(List<WaitingToken> batch)
    {
        try
        {
            WriteRows(batch);
            _failure = null;
            batch.ForEach(w => w.IsWritten.SetResult());
            _sender.Wake();
        }
        catch (IssuanceRefusedException e)
        {
            Fail(e);
        }
        catch (Exception e)
        {
            // Whatever it is: no token without its row.
            Fail(Refused("journal-failed", $"Its row cannot be written to {Folder.Rows}: {e.Message} Make room, or repair the disk.", e));
        }

        void Fail(IssuanceRefusedException e)
        {
            _failure = e.Message;
            batch.ForEach(w => w.IsWritten.SetException(e));
        }
    }

    private void WriteRows(List<WaitingToken> batch)
    {
        // 1. The lines, numbered from the last that was written.
        var (now, next) = (_timeProvider.GetUtcNow(), _next);
        var lines = new ArrayBufferWriter<byte>(batch.Count * 1024);
        foreach (var waiting in batch)
        {
            JournalRow.Write(lines, waiting.Token, now, Instance, next++);
        }

        // 2. Room for them, and a file.
        MakeRoom(lines.WrittenCount);
        var file = Open(now);

        // 3. To the disk, as a whole or not at all.
        var length = file.Length;
        try
        {
            file.Write(lines.WrittenSpan);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            TakeBack(file, length);
            throw;
        }

        _total += lines.WrittenCount;
        Interlocked.Exchange(ref _next, next);
    }

    /// <summary>Removes what a failed write may have left, and begins another file: what is on the disk after a failed flush is not
    /// known.</summary>
    private void TakeBack(FileStream file, long length)
    {
        _open = null;
        try
        {
            file.SetLength(length);
            file.Dispose();
            if (length == 0)
            {
                File.Delete(file.Name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("The journal {File} may end within a row. Reason: {Reason}", file.Name, e.Message);
        }
    }

    private FileStream Open(DateTimeOffset now)
    {
        if (_open is not null && (_open.Length >= _options.Journal.MaxFileBytes || now - _openSince >= _options.Journal.MaxFileAge))
        {
            Close();
        }

        if (_open is null)
        {
            Folder.Delete(openFile: null, f => Folder.IsOld(f) && _sender.HasSent(f), enough: _ => false);
            _open = _options.Journal.Create(Path.Combine(Folder.Rows, JournalFile.NameOf(now, Folder.Instance, _next)));
            _openSince = now;
            _total = Folder.Files().Sum(f => f.File.Length);
        }

        return _open;
    }

    private void MakeRoom(long bytes)
    {
        var most = _options.Journal.MaxFolderBytes - bytes;
        if (_total <= most)
        {
            return;
        }

        // Files that were not sent are the only record of their tokens.
        Folder.Delete(_open?.Name, f => _options.Journal.Ingestion is not null && _sender.HasSent(f), total => total <= most);
        _total = Folder.Files().Sum(f => f.File.Length);
        if (_total > most)
        {
            throw Refused(
                "journal-full",
                $"The journal in {Folder.Rows} has {_total} bytes, and MaxFolderBytes allows {_options.Journal.MaxFolderBytes}. Collect "
                    + "its files and delete them, see that they are sent, or raise MaxFolderBytes."
            );
        }
    }

    /// <summary>Tries the disk again: a load balancer sends no token to an issuer that reports a failure.</summary>
    private void Probe()
    {
        if (_failure is null)
        {
            return;
        }

        var path = Path.Combine(Folder.Rows, "probe");
        try
        {
            MakeRoom(bytes: 0);
            File.Delete(path);
            using (var file = _options.Journal.Create(path))
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }

            _failure = null;
        }
        catch (IssuanceRefusedException e)
        {
            _failure = e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failure = $"No row can be written to {Folder.Rows}: {e.Message}";
        }

        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("{Path} cannot be deleted. Reason: {Reason}", path, e.Message);
        }
    }

    private void Close()
    {
        _open?.Dispose();
        _open = null;
    }

    private static IssuanceRefusedException Refused(string reason, string why, Exception? inner = null) =>
        new(reason, $"Rekey's issuer does not sign a token that it cannot record. {why}", inner);
}
