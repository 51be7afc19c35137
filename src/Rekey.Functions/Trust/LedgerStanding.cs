using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Functions.Trust;

/// <summary>
/// The ledger behind the published documents: no list below its number is opened, and nothing that it has revoked is accepted. Read again
/// every <see cref="TrustOptions.InstanceCache"/>, and never for one request alone.
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
            return (new(history, mark, await blocks.ReadAsync(cancellationToken), now), DateTimeOffset.MaxValue);
        },
        options.InstanceCache,
        timeProvider,
        log
    );

    /// <summary>What it says now.</summary>
    /// <exception cref="RetryLaterException">It was not read yet: nobody can tell what holds.</exception>
    public ValueTask<LedgerStandingState> NowAsync(CancellationToken cancellationToken) => _reading.GetAsync(cancellationToken);
}
