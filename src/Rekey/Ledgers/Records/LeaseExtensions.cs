namespace Rekey.Ledgers.Records;

/// <summary>Takes leases on records.</summary>
public static class LeaseExtensions
{
    /// <summary>Takes the lease on a record; null when there is no such record, or another process holds its lease.</summary>
    /// <param name="bounded">
    /// The record with the hints that are accepted. Anyone who can write the row can put any time there: a lease longer than Rekey takes
    /// one must not hold it up.
    /// </param>
    public static async Task<Lease<T>?> LeaseAsync<T>(
        this ILedgerRecords<T> records,
        string partition,
        string row,
        Func<T, T> bounded,
        TimeSpan length,
        TimeProvider timeProvider,
        CancellationToken cancellationToken
    )
        where T : class, ILeased<T>
    {
        while (await records.FindAsync(partition, row, cancellationToken) is { } read)
        {
            var value = bounded(read.Value);
            if (value.LeaseUntil > timeProvider.GetUtcNow())
            {
                return null;
            }

            var lease = new Lease<T>(records, length, timeProvider, read);
            if (await lease.TryTakeAsync(value, cancellationToken))
            {
                return lease;
            }
        }

        return null;
    }
}
