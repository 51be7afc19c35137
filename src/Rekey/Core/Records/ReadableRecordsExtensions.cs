namespace Rekey.Core.Records;

/// <summary>Reads records and skips unreadable ones. For views only: a decision must not rest on half of the rows.</summary>
public static class ReadableRecordsExtensions
{
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The store denies access.</exception>
    public static async Task<ReadableRecords<T>> ListReadableAsync<T>(
        this IRecords<T> records,
        string partition,
        CancellationToken cancellationToken
    )
        where T : class, IRecord
    {
        var read = new List<T>();
        try
        {
            await foreach (var record in records.ListAsync(partition, cancellationToken))
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

    /// <summary>Reads the record, or null; and the row when it exists and cannot be read.</summary>
    public static async Task<(T? Value, string? Unreadable)> FindReadableAsync<T>(
        this IRecords<T> records,
        string partition,
        string row,
        CancellationToken cancellationToken
    )
        where T : class, IRecord
    {
        try
        {
            return ((await records.FindAsync(partition, row, cancellationToken))?.Value, null);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return (null, row);
        }
    }
}
