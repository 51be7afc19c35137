using Rekey.Blocking.Proposals;
using Rekey.Blocking.Record;

namespace Rekey.Blocking;

/// <summary>
/// Takes entries off the blocklist whose kid is barred: the trust list refuses those tokens by itself, and gateways need not hold them as
/// well. Entries that have long expired go too.
/// </summary>
public sealed class DropSuperfluousBlocks(ReadBlocklist reader, IBlocklist blocklist, TimeProvider timeProvider)
{
    /// <param name="isBarred">Whether the trust of an issuer's kid has ended, and every gateway has been told.</param>
    public async Task RunAsync(Func<string, string, bool> isBarred, CancellationToken cancellationToken)
    {
        var (list, now) = (await reader.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var ids = BlockPolicy.Superfluous(list.At(now), isBarred);
        if (ids.Count > 0 || list.HasToForget(now))
        {
            await blocklist.ChangeAsync([], ids, cancellationToken);
        }
    }
}
