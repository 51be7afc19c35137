using System.Collections.Immutable;
using Rekey.Ledgers;

namespace Rekey.Functions;

/// <summary>Which findings the ledger calls open: a row that calls itself open may have been put there so that nobody is told (T9).</summary>
public sealed class FindingLedger(ILedger ledger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableHashSet<string> _open = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private long _read;

    /// <summary>Whether this finding was told and not closed since.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<bool> IsOpenAsync(string findingId, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (open, number) = (_open.ToBuilder(), _read);
            await foreach (var line in ledger.ReadAsync(_read, cancel))
            {
                number = line.Number;
                _ = line.Entry.Kind switch
                {
                    LedgerKinds.FindingRaised => open.Add(line.Entry.Facts["finding"]),
                    LedgerKinds.FindingClosed => open.Remove(line.Entry.Facts["finding"]),
                    _ => false,
                };
            }

            (_open, _read) = (open.ToImmutable(), number);
            return _open.Contains(findingId);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
