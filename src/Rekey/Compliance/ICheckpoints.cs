namespace Rekey.Compliance;

/// <summary>Where checkpoints are kept: write once, in the immutable container.</summary>
public interface ICheckpoints
{
    /// <summary>Keeps one; an existing one is never replaced.</summary>
    Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>The line counts of those that are kept, highest first.</summary>
    IAsyncEnumerable<long> ListAsync(CancellationToken cancellationToken);

    /// <summary>The one for so many lines; empty when it is not there or too long for a checkpoint.</summary>
    Task<ReadOnlyMemory<byte>> ReadAsync(long lines, CancellationToken cancellationToken);
}
