using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Azure.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs.Writers;
using Rekey.AspNetCore.Issuer.Monitoring;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>
/// Sends the journal's rows to Azure Monitor, from the files alone: after a crash it goes on where it was, and a row may come twice. A row
/// that is refused is sent again, never dropped. Without a rule it does nothing.
/// </summary>
internal sealed class JournalSender(
    IssuerOptions options,
    TokenCredential credential,
    IssuerMetrics metrics,
    TimeProvider timeProvider,
    ILogger<JournalSender> log
) : BackgroundService
{
    /// <summary>The most bytes of a file for one call: the API takes 1 MB, and each row grows by its <c>EventTime</c>.</summary>
    private const int MaxBytes = 700 * 1024;
    private const int MaxRows = 2000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _sent = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[options.Journal.Ingestion is null ? 0 : MaxBytes];
    private JournalFolder? _folder;
    private (DateTimeOffset At, bool IsUnsent) _oldest;

    /// <summary>The time of the oldest row that was not sent; null when all were, or none are to be sent.</summary>
    public DateTimeOffset? UnsentSince
    {
        get
        {
            lock (_lock)
            {
                return _oldest.IsUnsent ? _oldest.At : null;
            }
        }
    }

    /// <summary>Takes the folder to send from.</summary>
    public void Begin(JournalFolder folder)
    {
        _folder = folder;
        if (options.Journal.Ingestion is not null && File.Exists(folder.SentFile))
        {
            Load(folder.SentFile);
        }

        Wake();
    }

    /// <summary>Says that there are new rows.</summary>
    public void Wake() => _written.Writer.TryWrite(true);

    /// <summary>Whether nothing of a file is left to be sent.</summary>
    public bool HasSent(JournalFile file)
    {
        lock (_lock)
        {
            return options.Journal.Ingestion is null || _sent.GetValueOrDefault(file.File.Name) >= file.File.Length;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Journal.Ingestion is not { } rule)
        {
            return;
        }

        using var client = new LogsIngestionClient(rule, async cancellation =>
            (await credential.GetTokenAsync(new([rule.Scope]), cancellation)).Token
        );
        var pause = FirstPause;
        while (true)
        {
            await _written.Reader.ReadAsync(stoppingToken);
            try
            {
                while (await SendNextAsync(client, rule.Stream, stoppingToken))
                {
                    pause = FirstPause;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogError(
                    "The issuer's rows cannot be sent; they stay on disk and are sent again in {Pause}. Reason: {Reason}",
                    pause,
                    e.Message
                );
                await Task.Delay(pause, timeProvider, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                Wake();
            }
        }
    }

    /// <summary>Sends the oldest unsent rows. False when there are none.</summary>
    private async Task<bool> SendNextAsync(LogsIngestionClient client, string stream, CancellationToken cancellationToken)
    {
        foreach (var file in _folder!.Files())
        {
            var from = Sent(file);
            var rows = from < file.File.Length ? await ReadAsync(file, from, cancellationToken) : ReadOnlyMemory<byte>.Empty;
            if (rows.IsEmpty)
            {
                continue;
            }

            var (body, count) = Body(rows.Span);
            SetOldest(JournalRow.Read(rows.Span[..(rows.Span.IndexOf((byte)'\n') + 1)])?.At ?? timeProvider.GetUtcNow());
            try
            {
                await client.SendAsync(stream, body, cancellationToken);
            }
            catch
            {
                metrics.Sent(count, succeeded: false);
                throw;
            }

            metrics.Sent(count, succeeded: true);
            Keep(file, from + rows.Length);
            return true;
        }

        SetOldest(null);
        return false;
    }

    /// <summary>Whole lines of a file.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(JournalFile file, long from, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(
            file.File.FullName,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 1,
            useAsync: true
        );
        stream.Seek(from, SeekOrigin.Begin);
        var read = await stream.ReadAtLeastAsync(_buffer, _buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Whole(_buffer.AsMemory(0, read));
    }

    /// <summary>The lines that are whole, and no more than one call takes.</summary>
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> read)
    {
        var end = 0;
        var rest = read.Span;
        for (var n = 0; n < MaxRows && rest.IndexOf((byte)'\n') is >= 0 and var newline; n++)
        {
            end += newline + 1;
            rest = rest[(newline + 1)..];
        }

        return read[..end];
    }

    private static (ReadOnlyMemory<byte> Body, int Count) Body(ReadOnlySpan<byte> rows)
    {
        var body = new ArrayBufferWriter<byte>(rows.Length * 2);
        var count = 0;
        for (; rows.IndexOf((byte)'\n') is >= 0 and var newline; rows = rows[(newline + 1)..])
        {
            body.Write(count++ == 0 ? "["u8 : ","u8);
            JournalRow.WriteForIngestion(body, rows[..newline]);
        }

        body.Write("]"u8);
        return (body.WrittenMemory, count);
    }

    private long Sent(JournalFile file)
    {
        lock (_lock)
        {
            return _sent.GetValueOrDefault(file.File.Name);
        }
    }

    private void SetOldest(DateTimeOffset? at)
    {
        lock (_lock)
        {
            _oldest = (at ?? default, at is not null);
        }
    }

    private void Keep(JournalFile file, long sent)
    {
        byte[] json;
        lock (_lock)
        {
            _sent[file.File.Name] = sent;
            var there = _folder!.Files().Select(f => f.File.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _sent.Keys.Where(n => !there.Contains(n)).ToList())
            {
                _sent.Remove(gone);
            }

            json = JsonSerializer.SerializeToUtf8Bytes(_sent);
        }

        var fresh = _folder!.SentFile + ".new";
        File.WriteAllBytes(fresh, json);
        File.Move(fresh, _folder.SentFile, overwrite: true);
    }

    private void Load(string path)
    {
        try
        {
            foreach (var (name, sent) in JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllBytes(path)) ?? [])
            {
                _sent[name] = sent;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log.LogWarning("{Path} cannot be read, so rows are sent again. Reason: {Reason}", path, e.Message);
        }
    }
}
