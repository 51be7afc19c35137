using Rekey.AspNetCore.Tests.Support;
using Rekey.Blocking.Publishing;
using Rekey.Ledgers.Forks;
using Rekey.Trust.Documents;

namespace Rekey.AspNetCore.Tests.Documents;

/// <summary>A list of a Rekey that was restored to an older state may have a higher number than the gateway's. It comes from another
/// ledger.</summary>
public sealed class RestoredListTests : IAsyncLifetime
{
    private static readonly LineHashes Held = Lines(3, 1, 1, 1);

    private GatewayWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await GatewayWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>The ledgers of later lists: hashes from the newest line on, how far the number rises, the list in spite of which approvers
    /// accepted that ledger (0 for the held one), and whether the list counts.</summary>
    public static TheoryData<string, long, byte[], int, int?, bool> Later =>
        new()
        {
            { "the same line", 3, [1, 1, 1], 1, null, true },
            { "more lines", 5, [9, 9, 1, 1, 1], 1, null, true },
            { "lines of another instance that is a little behind", 2, [1, 1], 1, null, true },
            { "another newest line", 3, [2, 1, 1], 1, null, false },
            { "another newest line under the same number", 3, [2, 1, 1], 0, null, false },
            { "another line, with more since", 6, [8, 8, 8, 2, 2, 1], 7, null, false },
            { "other lines from the first on", 3, [2, 2, 2], 1, null, false },
            { "another ledger that was accepted", 3, [2, 1, 1], 1, 0, true },
            { "another ledger that was accepted before", 3, [2, 1, 1], 1, -1, false },
        };

    [Theory]
    [MemberData(nameof(Later))]
    public async Task Lists_of_another_ledger_are_refused_unless_it_was_accepted(
        string which,
        long last,
        byte[] hashes,
        int rise,
        int? accepted,
        bool counts
    )
    {
        await _world.PublishTrustAsync(l => l with { Lines = Held });
        await PublishBlocksAsync(Held, accepted: 0);
        var gateway = await _world.GatewayAsync();
        var held = gateway.Gateway.Standing;

        // The key of the gateway's tokens is not in the list that comes, and nothing is blocked there.
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        var lines = Lines(last, hashes);
        await _world.PublishTrustAsync(l =>
            l with
            {
                Sequence = held.TrustListSequence!.Value + rise,
                Keys = [],
                Lines = lines,
                AcceptedSequence = accepted is { } n ? held.TrustListSequence.Value + n : 0,
            }
        );
        _world.Blocks = new(held.BlocklistNumber!.Value + rise, [_world.Block("1")]);
        await PublishBlocksAsync(lines, accepted is { } m ? held.BlocklistNumber.Value + m : 0);
        var standing = await gateway.Gateway.PullAsync(Cancel);

        Assert.True(counts == standing.Failure is null, which);
        Assert.Equal(counts ? 0 : 2, (standing.Failure ?? "").Split("Rekey was restored to an older state").Length - 1);
        Assert.Equal(held.TrustListSequence + (counts ? rise : 0), standing.TrustListSequence);
        Assert.Equal(held.BlocklistNumber + (counts ? rise : 0), standing.BlocklistNumber);
        Assert.Equal(!counts, await gateway.AcceptsAsync(_world.Issuer.Mint()));
    }

    private async Task PublishBlocksAsync(LineHashes lines, long accepted)
    {
        var now = _world.Clock.GetUtcNow();
        var list = new PublishedBlocks("prod", now, now.AddHours(12), _world.Blocks) { Lines = lines, AcceptedNumber = accepted };
        _world.Server.Put(
            GatewayWorld.BlockPath,
            await SignedDocument.SignAsync(_world.Signer, BlockDocuments.Type, BlockDocuments.Bytes(list), Cancel)
        );
    }

    private static LineHashes Lines(long last, params byte[] newestFirst) =>
        new(last, newestFirst.SelectMany(h => Enumerable.Repeat(h, 8)).ToArray());
}
