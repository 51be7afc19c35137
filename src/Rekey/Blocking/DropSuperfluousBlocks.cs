using Rekey.Blocking.Proposals;
using Rekey.Blocking.Record;

namespace Rekey.Blocking;

/// <summary>
/// Removes entries whose kid is revoked: the trust list refuses those tokens already, and gateways need not hold them as well. Removes
/// entries that expired long ago too.
/// </summary>
public sealed class DropSuperfluousBlocks(ReadBlocklist reader, IBlocklist blocklist, TimeProvider timeProvider)
{
    /// <param name="isRevoked">Whether an issuer's kid is revoked, and every gateway knows.</param>
    public async Task RunAsync(Func<string, string, bool> isRevoked, CancellationToken cancellationToken)
    {
        var (list, now) = (await reader.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var ids = BlockPolicy.Superfluous(list.At(now), isRevoked);
        if (ids.Count > 0 || list.HasToForget(now))
        {
            await blocklist.ChangeAsync([], ids, cancellationToken);
        }
    }
}
