using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Rekey.Ledgers;

/// <inheritdoc cref="ISealedRecords{T}"/>
/// <remarks>
/// A change writes the new content under its hash, then the ledger line that names the hash, and then removes the old row. A process that
/// dies in between leaves a row that means nothing.
/// </remarks>
public sealed class SealedRecords<T>(IRecords<Seal> seals, IHintRows<SealedRow> rows) : ISealedRecords<T> where T : class, ISealed
{
    private static readonly string Name = typeof(T).Name.ToLowerInvariant();

    public async Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancel) =>
        await FindSealAsync(partition, row, cancel) is { } seal ? await ReadAsync(seal, cancel) ?? throw Lost([row]) : null;

    public async Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancel)
    {
        if (await FindSealAsync(value.Partition, value.Row, cancel) is not null)
        {
            return null;
        }

        var (seal, row) = await WriteAsync(value, cancel);
        return await seals.InsertAsync(seal, cancel) is { } saved ? new(value, new Tag(saved.ETag, row).ToString()) : null;
    }

    public async Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancel)
    {
        var tag = Tag.Parse(read.ETag);
        if (await FindSealAsync(value.Partition, value.Row, cancel) is not { } standing || standing.ETag != tag.Seal)
        {
            return null;
        }

        var (seal, row) = await WriteAsync(value, cancel);
        if (await seals.ReplaceAsync(standing, seal, cancel) is not { } saved)
        {
            return null;
        }

        if (standing.Value.Sha256 != seal.Sha256)
        {
            await RemoveRowAsync(standing.Value, tag.Row, cancel);
        }

        return new(value, new Tag(saved.ETag, row).ToString());
    }

    public async Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancel)
    {
        var tag = Tag.Parse(read.ETag);
        if (await FindSealAsync(read.Value.Partition, read.Value.Row, cancel) is not { } standing)
        {
            return true;
        }

        if (standing.ETag != tag.Seal || !await seals.RemoveAsync(standing, cancel))
        {
            return false;
        }

        await RemoveRowAsync(standing.Value, tag.Row, cancel);
        return true;
    }

    /// <remarks>Each row is looked up by its hash: however many others somebody puts beside it, they are not read.</remarks>
    public async IAsyncEnumerable<Versioned<T>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancel)
    {
        var lost = new List<string>();
        foreach (var seal in await seals.ListAsync(PlaceOf(partition), cancel).ToListAsync(cancel))
        {
            if (await ReadAsync(seal, cancel) is { } found)
            {
                yield return found;
            }
            else if (await FindSealAsync(partition, seal.Value.Row, cancel) is not null)
            {
                lost.Add(seal.Value.Row);
            }
        }

        if (lost.Count > 0)
        {
            throw Lost(lost);
        }
    }

    public async Task<DateTimeOffset?> LostSinceAsync(string partition, string row, CancellationToken cancel) =>
        await FindSealAsync(partition, row, cancel) is { } seal && await ReadAsync(seal, cancel) is null ? seal.Value.Since : null;

    public async Task GiveUpAsync(string partition, string row, CancellationToken cancel)
    {
        while (await FindSealAsync(partition, row, cancel) is { } seal && await ReadAsync(seal, cancel) is null)
        {
            if (await seals.RemoveAsync(seal, cancel))
            {
                return;
            }
        }
    }

    public async Task CleanAsync(string partition, CancellationToken cancel)
    {
        var named = await seals.ListAsync(PlaceOf(partition), cancel).Select(s => RowOf(s.Value)).ToHashSetAsync(StringComparer.Ordinal, cancel);
        try
        {
            await foreach (var row in rows.ListAsync(PlaceOf(partition), cancel))
            {
                _ = named.Contains(row.Value.Row) || await rows.RemoveAsync(row, cancel);
            }
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            // Rekey did not write those. They mean nothing.
        }
    }

    private static string PlaceOf(string partition) => $"{Name}~{partition}";

    private static string RowOf(Seal seal) => $"{seal.Row}~{seal.Sha256}";

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static CannotContinueException Lost(IReadOnlyList<string> lost) => new("record-unreadable",
        $"The table of sealed rows does not hold what the ledger names of {lost.Count} rows of {Name}: {string.Join(", ", lost)}.",
        "See who can write to the table. What was lost is made anew from the logs, as far as they still hold it.")
    {
        UnreadableRows = lost,
    };

    private Task<Versioned<Seal>?> FindSealAsync(string partition, string row, CancellationToken cancel) => seals.FindAsync(PlaceOf(partition), row, cancel);

    /// <summary>The content; null when no row holds it. A seal that was changed meanwhile is followed, for its row may just have been removed.</summary>
    private async Task<Versioned<T>?> ReadAsync(Versioned<Seal> seal, CancellationToken cancel)
    {
        while (true)
        {
            if (await FindRowAsync(seal.Value, cancel) is { Value.Content: { } content } row && HashOf(content) == seal.Value.Sha256)
            {
                return new(Unpacked(content), new Tag(seal.ETag, row.ETag).ToString());
            }

            if (await seals.FindAsync(seal.Value.Partition, seal.Value.Row, cancel) is not { } now || now.Value.Sha256 == seal.Value.Sha256)
            {
                return null;
            }

            seal = now;
        }
    }

    /// <summary>The row; null when there is none, or none that can be read.</summary>
    private async Task<Versioned<SealedRow>?> FindRowAsync(Seal seal, CancellationToken cancel)
    {
        try
        {
            return await rows.FindAsync(seal.Partition, RowOf(seal), cancel);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return null;
        }
    }

    /// <summary>Puts the content under its hash, whatever stands there; a process that is about to remove the same row no longer has its ETag.</summary>
    private async Task<(Seal Seal, string RowETag)> WriteAsync(T value, CancellationToken cancel)
    {
        var content = Packed(value);
        var seal = new Seal(PlaceOf(value.Partition), value.Row, HashOf(content), value.Since);
        var row = new SealedRow(seal.Partition, RowOf(seal), content);
        return (seal, (await rows.InsertAsync(row, cancel) ?? await rows.OverwriteAsync(row, cancel)).ETag);
    }

    /// <summary>What cannot be removed means nothing, and goes with the next cleaning.</summary>
    private Task RemoveRowAsync(Seal seal, string etag, CancellationToken cancel) =>
        rows.RemoveAsync(new(new(seal.Partition, RowOf(seal), []), etag), cancel);

    private static byte[] Packed(T value)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(gzip, value, RecordJson.Options);
        }

        return packed.ToArray();
    }

    /// <summary>Only what Rekey has packed is ever unpacked: the hash was compared before.</summary>
    private static T Unpacked(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(gzip, RecordJson.Options)!;
    }

    /// <summary>The ETags of the seal and of the row.</summary>
    private readonly record struct Tag(string Seal, string Row)
    {
        public static Tag Parse(string etag)
        {
            var end = etag.IndexOf(' ', StringComparison.Ordinal);
            return new(etag[..end], etag[(end + 1)..]);
        }

        public override string ToString() => $"{Seal} {Row}";
    }
}
