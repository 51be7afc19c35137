using Rekey.Blocking.Proposals;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Blocking.Publishing;

/// <summary>Carries out decisions about the blocklist, and removes entries that a revoked key makes superfluous.</summary>
public sealed class KeepBlocklist(
    CarryOutBlocks carryOut,
    DropSuperfluousBlocks drop,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    TrustOptions options,
    TimeProvider timeProvider
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await carryOut.RunAsync(cancellationToken);
        var history = await trustLedger.ReadAsync(cancellationToken);
        await drop.RunAsync(RevokedKids.Of(governedKeys, history, options, timeProvider.GetUtcNow()), cancellationToken);
    }
}
