using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Functions.Trust;

/// <summary>
/// The state of the ledger behind the published documents. Rekey opens no list below the ledger's number and accepts nothing that the
/// ledger has revoked. It is read again every <see cref="TrustOptions.InstanceCache"/>, never for a single request.
/// </summary>
public sealed class LedgerStanding(
    TrustLedger trust,
    BlockLedger blocks,
    TrustOptions options,
    TimeProvider timeProvider,
    ILogger<LedgerStanding> log
)
{
    private readonly Refreshed<LedgerStandingState> _reading = new(
        "ledger",
        async (_, cancellationToken) =>
        {
            var now = timeProvider.GetUtcNow();
            var (history, mark) = await trust.ReadWithMarkAsync(cancellationToken);
            var lines = await trust.Lines.ReadAsync(cancellationToken);
            return (new(history, mark, lines, await blocks.ReadAsync(cancellationToken), now), DateTimeOffset.MaxValue);
        },
        options.InstanceCache,
        timeProvider,
        log
    );

    /// <summary>Gives the current state.</summary>
    /// <exception cref="RetryLaterException">The ledger was not read yet, so revocations are unknown.</exception>
    public ValueTask<LedgerStandingState> NowAsync(CancellationToken cancellationToken) => _reading.GetAsync(cancellationToken);
}
