using System.Text;
using System.Text.Json.Nodes;
using Rekey.Cli.Output;
using Rekey.Cli.Server;
using Rekey.Compliance;
using Rekey.Compliance.Exports;
using Rekey.Core;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>
/// Exports the ledger of a running Rekey into a folder, in the form in which it lies in its containers. A file that is there already is
/// continued at its end. Until the export is whole, the folder has a mark with which it does not verify.
/// </summary>
/// <param name="warn">Called with what could not be exported, as a sentence.</param>
internal sealed class LedgerDownload(ServerClient client, string folder, ProgressLines progress, Action<string> warn)
{
    /// <summary>The bytes that are read again of a file that is continued. The hash in its last line stands for all lines
    /// before.</summary>
    private const int Overlap = 512;

    private const int LongestName = 200;

    private string Mark => Path.Combine(folder, ExportedLedger.UnfinishedFile);

    /// <summary>Exports what the folder lacks.</summary>
    /// <exception cref="CannotContinueException">The folder has something else than an export of this ledger, or Rekey refused.</exception>
    public async Task<LedgerDownloaded> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Mark the folder: whatever ends this run, half an export does not verify.
        Begin();

        // 2. Export the checkpoints before the lines, so that there is none of a line that the segments lack.
        var checkpoints = await ExportCheckpointsAsync(cancellationToken);

        // 3. Export each segment from where its file ends. When the next one is there, this one is closed: read what was added meanwhile.
        var (segments, written, added) = (0, 0L, 0L);
        while ((added = await ExportSegmentAsync(segments + 1, cancellationToken)) >= 0)
        {
            written += added + (segments > 0 ? await ExportSegmentAsync(segments, cancellationToken) : 0);
            segments++;
        }

        // 4. It is whole.
        File.Delete(Mark);
        progress.Done($"{segments:N0} segment(s) and {checkpoints:N0} checkpoint(s) in {folder}, {written:N0} new bytes.");
        return new(segments, checkpoints, written);
    }

    private void Begin()
    {
        var whole = Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).ToList() : [];
        if (whole.Count > 0 && !whole.Contains(ExportedLedger.LedgerFolder) && !whole.Contains(ExportedLedger.UnfinishedFile))
        {
            throw new CannotContinueException(
                "not-an-export",
                $"The folder '{folder}' has files, and none of an export.",
                "Name a new folder, or the folder of an earlier export, which is then continued."
            );
        }

        Directory.CreateDirectory(Path.Combine(folder, ExportedLedger.LedgerFolder));
        Directory.CreateDirectory(Path.Combine(folder, ExportedLedger.CheckpointFolder));
        if (!File.Exists(Mark))
        {
            PrivateFile.Create(Mark).Dispose();
        }
    }

    private async Task<int> ExportCheckpointsAsync(CancellationToken cancellationToken)
    {
        progress.Say("exporting: checkpoints");
        var list = await client.ListAsync(ServerRequest.Read("ledger/checkpoints"), ["checkpoints"], int.MaxValue, cancellationToken);
        var count = 0;
        foreach (var item in list.Items ?? throw Unexpected("ledger/checkpoints"))
        {
            var (name, document) = (Text(item, "name"), Text(item, "document"));
            if (!IsName(name))
            {
                warn($"A checkpoint has a name that no checkpoint has, and was not exported: {PlainText.Of(name)}");
                continue;
            }

            await KeepAsync($"{ExportedLedger.CheckpointFolder}/{name}", Encoding.UTF8.GetBytes(document), cancellationToken);
            count++;
        }

        return count;
    }

    private async Task KeepAsync(string file, byte[] document, CancellationToken cancellationToken)
    {
        var path = PathOf(file);
        if (File.Exists(path))
        {
            // A checkpoint never changes.
            if (!(await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().SequenceEqual(document))
            {
                throw AnotherLedger(file);
            }

            return;
        }

        // It gets its name when it is whole.
        var part = $"{path}.part";
        File.Delete(part);
        await using (var output = PrivateFile.Create(part))
        {
            await output.WriteAsync(document, cancellationToken);
        }

        File.Move(part, path);
    }

    /// <summary>Exports a segment from where its file ends. Returns the number of new bytes; less than 0 when there is no such
    /// segment.</summary>
    private async Task<long> ExportSegmentAsync(int segment, CancellationToken cancellationToken)
    {
        var file = ExportedLedger.SegmentFile(segment);
        var path = PathOf(file);
        var known = await EndOfAsync(path, cancellationToken);
        var (length, written) = (File.Exists(path) ? new FileInfo(path).Length : 0, 0L);
        while (await ReadAsync(segment, length - known.Length, file, cancellationToken) is { } bytes)
        {
            if (!bytes.Span.StartsWith(known))
            {
                throw AnotherLedger(file);
            }

            if (bytes.Length == known.Length)
            {
                return written;
            }

            var more = bytes[known.Length..];
            await using (
                var output = File.Exists(path) ? new FileStream(path, FileMode.Append, FileAccess.Write) : PrivateFile.Create(path)
            )
            {
                await output.WriteAsync(more, cancellationToken);
            }

            (length, written) = (length + more.Length, written + more.Length);
            known = bytes[^Math.Min(Overlap, bytes.Length)..].ToArray();
            progress.Say($"exporting: segment {segment}, {length / 1_000_000.0:N1} MB");
        }

        return length == 0 ? -1 : throw AnotherLedger(file);
    }

    /// <summary>The bytes of a segment from an offset; null when there is no such segment.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(int segment, long offset, string file, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ReadBytesAsync(ServerRequest.Read($"ledger/segments/{segment}?offset={offset}"), cancellationToken);
        }
        catch (CannotContinueException none) when (none.Reason is "unknown-segment")
        {
            return null;
        }
        catch (CannotContinueException longer) when (longer.Reason is "bad-offset")
        {
            throw AnotherLedger(file);
        }
    }

    private static async Task<byte[]> EndOfAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        await using var input = new FileStream(path, FileMode.Open, FileAccess.Read);
        var end = new byte[Math.Min(Overlap, input.Length)];
        input.Seek(-end.Length, SeekOrigin.End);
        await input.ReadExactlyAsync(end, cancellationToken);
        return end;
    }

    /// <summary>Whether a file may get this name, which a server gave.</summary>
    private static bool IsName(string name) =>
        name.Length <= LongestName
        && (CheckpointName.LinesOf(name) is not null || CheckpointName.DecisionOf(name) is { Length: > 0 } decision && IsWord(decision));

    private static bool IsWord(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Text(JsonNode? item, string member) =>
        (item as JsonObject)?[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private string PathOf(string file) => Path.Combine([folder, .. file.Split('/')]);

    private CannotContinueException AnotherLedger(string file) =>
        new(
            "another-ledger",
            $"'{PathOf(file)}' is not what {client.Server} has: it is of another ledger, or it was changed.",
            "Export into a new folder. If this folder was exported from the same Rekey, keep both: see 'ledger-broken' in "
                + "docs/operations.md."
        );

    private CannotContinueException Unexpected(string path) =>
        new("not-rekey", $"{client.Server}{path} gave no list.", "Check that --server is the address of Rekey.");
}
