using System.Runtime.CompilerServices;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>One process's access to a table.</summary>
public sealed class MemoryRecords<T>(MemoryTable<T> table, Fate fate) : IHintRows<T>
    where T : class, IRecord
{
    private static readonly string Name = typeof(T).Name.ToLowerInvariant();

    public Task<Versioned<T>?> FindAsync(string partition, string row, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
            Task.FromResult(table.Rows.TryGetValue((partition, row), out var found) ? InItsPlace(found, partition, row) : null)
        );

    public Task<Versioned<T>?> InsertAsync(T value, CancellationToken cancellationToken) =>
        fate.DoAsync($"insert {Name}", () => Task.FromResult(table.Rows.ContainsKey((value.Partition, value.Row)) ? null : Put(value)));

    public Task<Versioned<T>?> ReplaceAsync(Versioned<T> read, T value, CancellationToken cancellationToken) =>
        fate.DoAsync($"replace {Name}", () =>
            Task.FromResult(
                table.Rows.TryGetValue((value.Partition, value.Row), out var standing) && standing.ETag == read.ETag ? Put(value) : null
            )
        );

    public Task<Versioned<T>> OverwriteAsync(T value, CancellationToken cancellationToken) =>
        fate.DoAsync($"overwrite {Name}", () => Task.FromResult(Put(value)));

    public Task<bool> RemoveAsync(Versioned<T> read, CancellationToken cancellationToken) =>
        fate.DoAsync($"remove {Name}", () =>
            Task.FromResult(
                !table.Rows.TryGetValue((read.Value.Partition, read.Value.Row), out var standing)
                    || (standing.ETag == read.ETag && table.Rows.Remove((read.Value.Partition, read.Value.Row)))
            )
        );

    public async IAsyncEnumerable<Versioned<T>> ListAsync(string partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var refused = new List<CannotContinueException>();
        foreach (
            var (at, stored) in await fate.ReadAsync(() => Task.FromResult(table.Rows.Where(r => r.Key.Partition == partition).ToList()))
        )
        {
            Versioned<T> read;
            try
            {
                read = InItsPlace(stored, at.Partition, at.Row);
            }
            catch (CannotContinueException e)
            {
                refused.Add(e);
                continue;
            }

            yield return read;
        }

        if (refused.Count > 0)
        {
            throw new CannotContinueException(refused[0].Reason, refused[0].Message, refused[0].Remedy)
            {
                UnreadableRows = [.. refused.SelectMany(e => e.UnreadableRows)],
            };
        }
    }

    private static Versioned<T> InItsPlace(StoredRow stored, string partition, string row) =>
        MemoryTable<T>.Read(row, stored) is var read && (read.Value.Partition, read.Value.Row) == (partition, row)
            ? read
            : throw new CannotContinueException(
                "record-unreadable",
                $"The row {row} belongs in another place.",
                "See who can write to the table."
            )
            {
                UnreadableRows = [row],
            };

    private Versioned<T> Put(T value) => MemoryTable<T>.Read(value.Row, table.Rows[(value.Partition, value.Row)] = table.Write(value));
}
