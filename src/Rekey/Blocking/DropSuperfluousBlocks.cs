namespace Rekey.Blocking;

/// <summary>Takes entries off the blocklist whose kid is barred: the trust list refuses those tokens by itself, and gateways need not hold them as well.</summary>
public sealed class DropSuperfluousBlocks(ReadBlocklist reader, IBlocklist blocklist, TimeProvider clock)
{
    /// <param name="isBarred">Whether the trust of an issuer's kid has ended, and every gateway has been told.</param>
    public async Task RunAsync(Func<string, string, bool> isBarred, CancellationToken cancel)
    {
        var entries = (await reader.ReadAsync(cancel)).List.At(clock.GetUtcNow());
        if (BlockPolicy.Superfluous(entries, isBarred) is { Count: > 0 } ids)
        {
            await blocklist.ChangeAsync([], ids, cancel);
        }
    }
}
