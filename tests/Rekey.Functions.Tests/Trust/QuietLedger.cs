using System.Runtime.CompilerServices;
using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests.Trust;

/// <summary>A ledger that can be silent.</summary>
internal sealed class QuietLedger(ILedger ledger) : ILedger
{
    public bool Silent { get; set; }

    public Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancellationToken) =>
        ledger.AppendAsync(entry, cancellationToken);

    public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken) =>
        Silent ? throw new RetryLaterException("The ledger does not answer.") : ledger.HeadAsync(cancellationToken);

    public async IAsyncEnumerable<LedgerLine> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Silent)
        {
            throw new RetryLaterException("The ledger does not answer.");
        }

        await foreach (var line in ledger.ReadAsync(after, cancellationToken))
        {
            yield return line;
        }
    }
}
