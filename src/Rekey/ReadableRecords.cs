namespace Rekey;

/// <summary>What can be read of one partition, for people: they must see the rest, and be told that something is missing.</summary>
/// <param name="Records">In row order.</param>
/// <param name="Unreadable">The rows that could not be read; empty when nothing is missing.</param>
public sealed record ReadableRecords<T>(IReadOnlyList<T> Records, IReadOnlyList<string> Unreadable);

/// <summary>Reads past what cannot be read. For views only: who decides by what is stored must not decide by half of it.</summary>
public static class ReadableRecordsExtensions
{
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The store refuses us.</exception>
    public static async Task<ReadableRecords<T>> ListReadableAsync<T>(this IRecords<T> records, string partition, CancellationToken cancel) where T : class, IRecord
    {
        var read = new List<T>();
        try
        {
            await foreach (var record in records.ListAsync(partition, cancel))
            {
                read.Add(record.Value);
            }
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return new(read, e.UnreadableRows);
        }

        return new(read, []);
    }

    /// <summary>The record, or null; and the row when it is there and cannot be read.</summary>
    public static async Task<(T? Value, string? Unreadable)> FindReadableAsync<T>(this IRecords<T> records, string partition, string row, CancellationToken cancel) where T : class, IRecord
    {
        try
        {
            return ((await records.FindAsync(partition, row, cancel))?.Value, null);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return (null, row);
        }
    }
}
