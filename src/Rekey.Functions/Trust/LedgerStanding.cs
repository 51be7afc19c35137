using Rekey.Blocking;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>What the ledger says of trust and blocks, as this instance knows it.</summary>
/// <param name="ReadAt">When it was read: while the ledger is silent, what was read last stays in force.</param>
public sealed record LedgerReading(TrustHistory Trust, LedgerMark Mark, BlockHistory Blocks, DateTimeOffset ReadAt);

/// <summary>
/// The ledger behind the published documents: no list below its number is opened, and nothing that it has revoked is accepted. Read again
/// every <see cref="TrustOptions.InstanceCache"/>, and never for one request alone.
/// </summary>
public sealed class LedgerStanding(
    TrustLedger trust, BlockLedger blocks, TrustOptions options, TimeProvider clock, ILogger<LedgerStanding> log)
{
    private readonly Refreshed<LedgerReading> _reading = new("ledger", async (_, cancel) =>
    {
        var now = clock.GetUtcNow();
        var (history, mark) = await trust.ReadWithMarkAsync(cancel);
        return (new(history, mark, await blocks.ReadAsync(cancel), now), DateTimeOffset.MaxValue);
    }, options.InstanceCache, clock, log);

    /// <summary>What it says now.</summary>
    /// <exception cref="RetryLaterException">It was not read yet: nobody can tell what holds.</exception>
    public ValueTask<LedgerReading> NowAsync(CancellationToken cancel) => _reading.GetAsync(cancel);
}
