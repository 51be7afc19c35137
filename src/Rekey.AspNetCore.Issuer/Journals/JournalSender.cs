using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Azure.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs;
using Rekey.AspNetCore.AccessLogs.Writers;
using Rekey.AspNetCore.Issuer.Monitoring;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>
/// Sends the journal's rows to Azure Monitor, from the files alone: after a crash it goes on where it was, and a row may come twice. A row
/// that is refused for good is set aside in <see cref="RefusedRows"/>, so that it does not hold up the rows after it. Without a rule it
/// does nothing.
/// </summary>
/// <remarks>
/// A 400 or 413 does not say which row is to blame, or whether the rule is. So the rows are sent in halves, down to single rows. Refused
/// rows are set aside only when rows beside them were taken. If none is taken, the rule is to blame: all rows stay, and are sent again.
/// </remarks>
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

    /// <summary>After so many refusals without a row that was taken, the rule is to blame, and not each row.</summary>
    private const int MaxRefusals = 200;

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
    private RefusedRows? _refused;

    /// <summary>The file of the rows that were refused for good; null when there are none.</summary>
    public string? Refused => _refused is { Exist: true } ? _refused.Path : null;

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
        _refused = new(folder.RefusedFile, options.Journal.MaxFileBytes);
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

            SetOldest(JournalRow.Read(rows.Span[..(rows.Span.IndexOf((byte)'\n') + 1)])?.At ?? timeProvider.GetUtcNow());
            var refused = new List<ReadOnlyMemory<byte>>();
            if (!await SendAsync(client, stream, rows, refused, cancellationToken))
            {
                throw new RowsRefusedException($"Azure Monitor refused every row for the stream {stream}: check the rule's columns.");
            }

            if (refused.Count > 0)
            {
                _refused!.Add(refused);
                log.LogError(
                    "Azure Monitor refused {Count} of the issuer's rows for good. They are in {Path}. Sweeps count these tokens as not "
                        + "issued until the rows are in the workspace.",
                    refused.Count,
                    _refused.Path
                );
            }

            Keep(file, from + rows.Length);
            return true;
        }

        SetOldest(null);
        return false;
    }

    /// <summary>Sends rows, and those that are refused in halves. True when at least one was taken.</summary>
    /// <param name="refused">Takes the rows that are refused also alone.</param>
    private async Task<bool> SendAsync(
        LogsIngestionClient client,
        string stream,
        ReadOnlyMemory<byte> rows,
        List<ReadOnlyMemory<byte>> refused,
        CancellationToken cancellationToken
    )
    {
        var parts = new Stack<ReadOnlyMemory<byte>>([rows]);
        var (taken, refusals) = (false, 0);
        while (parts.TryPop(out var part))
        {
            var (body, count) = Body(part.Span);
            try
            {
                await client.SendAsync(stream, body, cancellationToken);
                (taken, refusals) = (true, 0);
                metrics.Sent(count, "sent");
            }
            catch (RowsRefusedException) when (taken || ++refusals < MaxRefusals)
            {
                if (count == 1)
                {
                    refused.Add(part);
                    metrics.Sent(1, "refused");
                    continue;
                }

                var half = Whole(part, (count + 1) / 2).Length;
                parts.Push(part[half..]);
                parts.Push(part[..half]);
            }
            catch
            {
                metrics.Sent(count, "failed");
                throw;
            }
        }

        return taken;
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
        return Whole(_buffer.AsMemory(0, read), MaxRows);
    }

    /// <summary>The first lines that are whole.</summary>
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> read, int most)
    {
        var end = 0;
        var rest = read.Span;
        for (var n = 0; n < most && rest.IndexOf((byte)'\n') is >= 0 and var newline; n++)
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
