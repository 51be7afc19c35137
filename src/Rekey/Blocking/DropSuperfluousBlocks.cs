namespace Rekey.Blocking;

/// <summary>
/// Takes entries off the blocklist whose kid is barred: the trust list refuses those tokens by itself, and gateways need not hold them as well.
/// Entries that have long expired go too.
/// </summary>
public sealed class DropSuperfluousBlocks(ReadBlocklist reader, IBlocklist blocklist, TimeProvider clock)
{
    /// <param name="isBarred">Whether the trust of an issuer's kid has ended, and every gateway has been told.</param>
    public async Task RunAsync(Func<string, string, bool> isBarred, CancellationToken cancel)
    {
        var (list, now) = (await reader.ReadAsync(cancel), clock.GetUtcNow());
        var ids = BlockPolicy.Superfluous(list.At(now), isBarred);
        if (ids.Count > 0 || list.HasToForget(now))
        {
            await blocklist.ChangeAsync([], ids, cancel);
        }
    }
}
