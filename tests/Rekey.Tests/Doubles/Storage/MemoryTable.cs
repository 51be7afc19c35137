using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>A table: rows are kept as the JSON that a real store would keep, and change only under their ETag.</summary>
public sealed class MemoryTable<T> : IOpenTable
    where T : class, IRecord
{
    private readonly List<(string Partition, string Row, StoredRow Stored)> _written = [];
    private int _etag;

    internal SortedDictionary<(string Partition, string Row), StoredRow> Rows { get; } =
        new(
            Comparer<(string Partition, string Row)>.Create(
                (a, b) =>
                    (StringComparer.Ordinal.Compare(a.Partition, b.Partition), StringComparer.Ordinal.Compare(a.Row, b.Row)) switch
                    {
                        (0, var row) => row,
                        var (partition, _) => partition,
                    }
            )
        );

    /// <summary>Every row that can be read, also where it stands in another's place.</summary>
    public IReadOnlyList<T> All => [.. Rows.Select(r => TryRead(r.Key.Row, r.Value)).OfType<Versioned<T>>().Select(r => r.Value)];

    public IReadOnlyList<(string Partition, string Row)> Places => [.. Rows.Keys];

    public IReadOnlyList<(string Partition, string Row, StoredRow Stored)> Written => _written;

    public T? Find(string partition, string row) => Rows.TryGetValue((partition, row), out var found) ? TryRead(row, found)?.Value : null;

    /// <summary>What somebody with write access to the table does: no ETag, no questions.</summary>
    public void Tamper(Func<T, T?> change)
    {
        foreach (var (at, row) in Rows.ToList())
        {
            if (TryRead(at.Row, row) is { } read)
            {
                Rows.Remove(at);
                if (change(read.Value) is { } changed)
                {
                    Rows[at] = Write(changed);
                }
            }
        }
    }

    /// <summary>What somebody with write access to the table does.</summary>
    public void Clear() => Rows.Clear();

    /// <summary>Puts a row under any key, whatever it says of itself.</summary>
    public void Forge(string partition, string row, T value) => Rows[(partition, row)] = Write(value);

    public void Plant(string partition, string row, string body, int? schemaVersion = null) =>
        Rows[(partition, row)] = new(body, schemaVersion ?? T.SchemaVersion, NextETag());

    public void Delete(string partition, string row) => Rows.Remove((partition, row));

    internal StoredRow Write(T value)
    {
        Assert.Matches("^[A-Za-z0-9_.~-]+$", value.Row);
        var stored = new StoredRow(JsonSerializer.Serialize(value, RecordJson.Options), T.SchemaVersion, NextETag());
        _written.Add((value.Partition, value.Row, stored));
        return stored;
    }

    /// <summary>As the table store reads it: a row of a later shape, or with a body that is not the record's JSON, is refused.</summary>
    internal static Versioned<T> Read(string at, StoredRow row)
    {
        if (row.SchemaVersion > T.SchemaVersion)
        {
            throw new CannotContinueException(
                "schema-too-new",
                $"The row {at} was written in shape {row.SchemaVersion}.",
                "Run the newer release."
            )
            {
                UnreadableRows = [at],
            };
        }

        try
        {
            return new(JsonSerializer.Deserialize<T>(row.Body, RecordJson.Options) ?? throw new JsonException("null"), row.ETag);
        }
        catch (JsonException e)
        {
            throw new CannotContinueException("record-unreadable", $"The row {at} cannot be read.", "See who can write to the table.", e)
            {
                UnreadableRows = [at],
            };
        }
    }

    private static Versioned<T>? TryRead(string at, StoredRow row)
    {
        try
        {
            return Read(at, row);
        }
        catch (CannotContinueException)
        {
            return null;
        }
    }

    private string NextETag() => $"\"{++_etag}\"";
}
