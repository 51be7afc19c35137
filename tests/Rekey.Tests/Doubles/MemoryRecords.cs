using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Tests.Doubles;

/// <summary>A table: rows are kept as the JSON that a real store would keep, and change only under their ETag.</summary>
public sealed class MemoryTable<T> where T : class, IRecord
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private int _etag;

    internal SortedDictionary<(string Partition, string Row), (string Json, string ETag)> Rows { get; } =
        new(Comparer<(string Partition, string Row)>.Create((a, b) => (StringComparer.Ordinal.Compare(a.Partition, b.Partition), StringComparer.Ordinal.Compare(a.Row, b.Row)) switch
        {
            (0, var row) => row,
            var (partition, _) => partition,
        }));

    public IReadOnlyList<T> All => [.. Rows.Values.Select(r => Read(r).Value)];

    public T? Find(string partition, string row) => Rows.TryGetValue((partition, row), out var found) ? Read(found).Value : null;

    /// <summary>What somebody with write access to the table does: no ETag, no questions.</summary>
    public void Tamper(Func<T, T?> change)
    {
        foreach (var (at, row) in Rows.ToList())
        {
            Rows.Remove(at);
            if (change(Read(row).Value) is { } changed)
            {
                Rows[at] = Write(changed);
            }
        }
    }

    /// <summary>What somebody with write access to the table does.</summary>
    public void Clear() => Rows.Clear();

    /// <summary>Puts a row under any key, whatever it says of itself.</summary>
    public void Forge(string partition, string row, T value) => Rows[(partition, row)] = Write(value);

    internal (string Json, string ETag) Write(T value)
    {
        Assert.Matches("^[A-Za-z0-9_.~-]+$", value.Row);
        return (JsonSerializer.Serialize(value, Json), $"\"{++_etag}\"");
    }

    internal static Versioned<T> Read((string Json, string ETag) row) => new(JsonSerializer.Deserialize<T>(row.Json, Json)!, row.ETag);
}

/// <summary>One process's access to a table.</summary>
public sealed class MemoryRecords<T>(MemoryTable<T> table, Fate fate) : IHintRows<T> where T : class, IRecord
{
    private static readonly string Name = typeof(T).Name.ToLowerInvariant();

    public Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancel) => fate.ReadAsync(() => Task.FromResult(
        table.Rows.TryGetValue((partition, row), out var found) ? InItsPlace(MemoryTable<T>.Read(found), partition, row) : null));

    public Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancel) => fate.DoAsync($"insert {Name}", () => Task.FromResult(
        table.Rows.ContainsKey((value.Partition, value.Row)) ? null : Put(value)));

    public Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancel) => fate.DoAsync($"replace {Name}", () => Task.FromResult(
        table.Rows.TryGetValue((value.Partition, value.Row), out var standing) && standing.ETag == read.ETag ? Put(value) : null));

    public Task<Versioned<T>> OverwriteAsync(T value, CancellationToken cancel) => fate.DoAsync($"overwrite {Name}", () => Task.FromResult(Put(value)));

    public Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancel) => fate.DoAsync($"remove {Name}", () => Task.FromResult(
        !table.Rows.TryGetValue((read.Value.Partition, read.Value.Row), out var standing) || (standing.ETag == read.ETag && table.Rows.Remove((read.Value.Partition, read.Value.Row)))));

    public async IAsyncEnumerable<Versioned<T>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancel)
    {
        await fate.ReadAsync(() => Task.FromResult(0));
        var rows = table.Rows.Where(r => r.Key.Partition == partition).ToList();
        foreach (var row in rows.OrderBy(r => IsInItsPlace(r) ? 0 : 1))
        {
            yield return InItsPlace(MemoryTable<T>.Read(row.Value), row.Key.Partition, row.Key.Row);
        }
    }

    private static bool IsInItsPlace(KeyValuePair<(string Partition, string Row), (string Json, string ETag)> row) =>
        MemoryTable<T>.Read(row.Value).Value is var value && (value.Partition, value.Row) == row.Key;

    private static Versioned<T> InItsPlace(Versioned<T> read, string partition, string row) => (read.Value.Partition, read.Value.Row) == (partition, row) ? read
        : throw new CannotContinueException("record-unreadable", $"The row {row} belongs in another place.", "See who can write to the table.") { UnreadableRows = [row] };

    private Versioned<T> Put(T value) => MemoryTable<T>.Read(table.Rows[(value.Partition, value.Row)] = table.Write(value));
}
