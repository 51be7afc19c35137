using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <inheritdoc cref="IHashedRecords{T}"/>
/// <remarks>
/// A change writes the new content under its hash, then the ledger line that names the hash, and then removes the old row. A crash in
/// between leaves a row that is ignored.
/// </remarks>
public sealed class HashedRecords<T>(IRecords<RecordHash> seals, IHintRows<HashedRow> rows) : IHashedRecords<T>
    where T : class, IHashed
{
    private static readonly string Name = typeof(T).Name.ToLowerInvariant();

    public async Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken) =>
        await FindHashAsync(partition, row, cancellationToken) is { } seal
            ? await ReadAsync(seal, cancellationToken) ?? throw Lost([row])
            : null;

    public async Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken)
    {
        if (await FindHashAsync(value.Partition, value.Row, cancellationToken) is not null)
        {
            return null;
        }

        var (seal, row) = await WriteAsync(value, cancellationToken);
        return await seals.InsertAsync(seal, cancellationToken) is { } saved ? new(value, new Tag(saved.ETag, row).ToString()) : null;
    }

    public async Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken)
    {
        var tag = Tag.Parse(read.ETag);
        if (await FindHashAsync(value.Partition, value.Row, cancellationToken) is not { } standing || standing.ETag != tag.Seal)
        {
            return null;
        }

        var (seal, row) = await WriteAsync(value, cancellationToken);
        if (await seals.ReplaceAsync(standing, seal, cancellationToken) is not { } saved)
        {
            return null;
        }

        if (standing.Value.Sha256 != seal.Sha256)
        {
            await RemoveRowAsync(standing.Value, tag.Row, cancellationToken);
        }

        return new(value, new Tag(saved.ETag, row).ToString());
    }

    public async Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken)
    {
        var tag = Tag.Parse(read.ETag);
        if (await FindHashAsync(read.Value.Partition, read.Value.Row, cancellationToken) is not { } standing)
        {
            return true;
        }

        if (standing.ETag != tag.Seal || !await seals.RemoveAsync(standing, cancellationToken))
        {
            return false;
        }

        await RemoveRowAsync(standing.Value, tag.Row, cancellationToken);
        return true;
    }

    /// <remarks>Each row is read by its hash: rows that were planted next to it are not read.</remarks>
    public async IAsyncEnumerable<Versioned<T>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        foreach (var seal in await seals.ListAsync(PlaceOf(partition), cancellationToken).ToListAsync(cancellationToken))
        {
            if (await ReadAsync(seal, cancellationToken) is { } found)
            {
                yield return found;
            }
            else if (await FindHashAsync(partition, seal.Value.Row, cancellationToken) is not null)
            {
                lost.Add(seal.Value.Row);
            }
        }

        if (lost.Count > 0)
        {
            throw Lost(lost);
        }
    }

    public async Task<DateTimeOffset?> LostSinceAsync(string partition, string row, CancellationToken cancellationToken) =>
        await FindHashAsync(partition, row, cancellationToken) is { } seal && await ReadAsync(seal, cancellationToken) is null
            ? seal.Value.Since
            : null;

    public async Task GiveUpAsync(string partition, string row, CancellationToken cancellationToken)
    {
        while (await FindHashAsync(partition, row, cancellationToken) is { } seal && await ReadAsync(seal, cancellationToken) is null)
        {
            if (await seals.RemoveAsync(seal, cancellationToken))
            {
                return;
            }
        }
    }

    public async Task CleanAsync(string partition, CancellationToken cancellationToken)
    {
        var named = await seals
            .ListAsync(PlaceOf(partition), cancellationToken)
            .Select(s => RowOf(s.Value))
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        try
        {
            await foreach (var row in rows.ListAsync(PlaceOf(partition), cancellationToken))
            {
                _ = named.Contains(row.Value.Row) || await rows.RemoveAsync(row, cancellationToken);
            }
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            // Rekey did not write those rows, so they are ignored.
        }
    }

    private static string PlaceOf(string partition) => $"{Name}~{partition}";

    private static string RowOf(RecordHash seal) => $"{seal.Row}~{seal.Sha256}";

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static CannotContinueException Lost(IReadOnlyList<string> lost) =>
        new(
            "record-unreadable",
            $"{lost.Count} hashed rows of {Name} are missing or altered, by the hashes in the ledger: {string.Join(", ", lost)}.",
            "Check who can write to the table. Rekey rebuilds what was lost from the logs, within their retention."
        )
        {
            UnreadableRows = lost,
        };

    private Task<Versioned<RecordHash>?> FindHashAsync(string partition, string row, CancellationToken cancellationToken) =>
        seals.FindAsync(PlaceOf(partition), row, cancellationToken);

    /// <summary>
    /// The content; null when no row has it. If the hash has changed meanwhile, it reads the new row: the old one may just have been
    /// removed.
    /// </summary>
    private async Task<Versioned<T>?> ReadAsync(Versioned<RecordHash> seal, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (
                await FindRowAsync(seal.Value, cancellationToken) is { Value.Content: { } content } row
                && HashOf(content) == seal.Value.Sha256
            )
            {
                return new(Unpacked(content), new Tag(seal.ETag, row.ETag).ToString());
            }

            if (
                await seals.FindAsync(seal.Value.Partition, seal.Value.Row, cancellationToken) is not { } now
                || now.Value.Sha256 == seal.Value.Sha256
            )
            {
                return null;
            }

            seal = now;
        }
    }

    /// <summary>The row; null when there is none, or it cannot be read.</summary>
    private async Task<Versioned<HashedRow>?> FindRowAsync(RecordHash seal, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.FindAsync(seal.Partition, RowOf(seal), cancellationToken);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes the content under its hash over any existing row; a process that is about to remove that row no longer has its ETag.
    /// </summary>
    private async Task<(RecordHash Seal, string RowETag)> WriteAsync(T value, CancellationToken cancellationToken)
    {
        var content = Packed(value);
        var seal = new RecordHash(PlaceOf(value.Partition), value.Row, HashOf(content), value.Since);
        var row = new HashedRow(seal.Partition, RowOf(seal), content);
        return (seal, (await rows.InsertAsync(row, cancellationToken) ?? await rows.OverwriteAsync(row, cancellationToken)).ETag);
    }

    /// <summary>Removes a row. One that cannot be removed is ignored, and removed by the next cleaning.</summary>
    private Task RemoveRowAsync(RecordHash seal, string etag, CancellationToken cancellationToken) =>
        rows.RemoveAsync(new(new(seal.Partition, RowOf(seal), []), etag), cancellationToken);

    private static byte[] Packed(T value)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(gzip, value, RecordJson.Options);
        }

        return packed.ToArray();
    }

    /// <summary>Unpacks content. It was packed by Rekey, because its hash was compared before.</summary>
    private static T Unpacked(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(gzip, RecordJson.Options)!;
    }

    /// <summary>The ETags of the hash record and of the row.</summary>
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
