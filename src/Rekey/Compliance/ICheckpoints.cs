namespace Rekey.Compliance;

/// <summary>The store of checkpoints and acceptances: write once, in the immutable container.</summary>
public interface ICheckpoints
{
    /// <summary>Stores one; an existing one is never replaced.</summary>
    Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>The line counts of the stored checkpoints, highest first.</summary>
    IAsyncEnumerable<long> ListAsync(CancellationToken cancellationToken);

    /// <summary>The checkpoint at that line count; empty when there is none or it is too long.</summary>
    Task<ReadOnlyMemory<byte>> ReadAsync(long lines, CancellationToken cancellationToken);

    /// <summary>Stores an acceptance; an existing one is never replaced.</summary>
    Task KeepAcceptanceAsync(string decision, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>The stored acceptances, by the ids of their decisions.</summary>
    IAsyncEnumerable<KeptAcceptance> ReadAcceptancesAsync(CancellationToken cancellationToken);
}
