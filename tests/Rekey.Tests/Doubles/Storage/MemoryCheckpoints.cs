using Rekey.Compliance;
using Rekey.Core;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>Checkpoints in memory, open to whoever can write there.</summary>
public sealed class MemoryCheckpoints : ICheckpoints
{
    public Dictionary<long, ReadOnlyMemory<byte>> Documents { get; } = [];

    /// <summary>Acceptances by the id of their decision.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Acceptances { get; } = new(StringComparer.Ordinal);

    /// <summary>Which were read, in order.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>How often the names were listed.</summary>
    public int Lists { get; private set; }

    /// <summary>The store cannot be reached.</summary>
    public bool IsAway { get; set; }

    public Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        Documents.TryAdd(lines, document);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<long> ListAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        ThrowIfAway();
        Lists++;
        foreach (var lines in Documents.Keys.OrderDescending().ToList())
        {
            yield return lines;
        }
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(long lines, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        Reads.Add(lines);
        return Task.FromResult(Documents.GetValueOrDefault(lines));
    }

    public Task KeepAcceptanceAsync(string decision, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        Acceptances.TryAdd(decision, document);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<KeptAcceptance> ReadAcceptancesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        ThrowIfAway();
        foreach (var (decision, document) in Acceptances.OrderBy(a => a.Key, StringComparer.Ordinal).ToList())
        {
            yield return new(decision, document);
        }
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new RetryLaterException("The store cannot be reached.");
        }
    }
}
