using System.Text.Json;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Functions.Blocking;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Trust;

namespace Rekey.Functions.Tests;

/// <summary>What an instance makes of the published documents, in fair weather and foul.</summary>
public sealed class PublishedBlocklistTests
{
    private const string Issuer = "https://login.example";

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly TrustOptions _options = new();
    private readonly Signer _signer = new();
    private readonly Dictionary<string, Document> _stored = new(StringComparer.Ordinal);
    private readonly List<(byte[] Bytes, string Jws)> _changes = [];
    private readonly List<Finding> _raised = [];
    private readonly List<string> _closed = [];
    private bool _down;
    private bool _mute;
    private int _reads;
    private int _etag;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_list_is_served_while_the_storage_is_down_and_not_for_ever()
    {
        await PublishAsync("a");
        var list = Instance();
        Assert.True(await BlocksAsync(list, "a"));
        _down = true;
        _clock.Advance(_options.InstanceCache + _options.StaleTime - TimeSpan.FromSeconds(1));
        Assert.True(await BlocksAsync(list, "a"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
    }

    [Fact]
    public async Task Callers_that_come_together_share_one_reading()
    {
        await PublishAsync("a");
        var list = Instance();
        await BlocksAsync(list, "a");
        _reads = 0;
        _clock.Advance(2 * _options.InstanceCache);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => BlocksAsync(list, "a")));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public async Task Nothing_published_is_not_an_empty_list()
    {
        var list = Instance();
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
    }

    [Theory]
    [InlineData("left out")]
    [InlineData("forged")]
    [InlineData("swapped")]
    [InlineData("of another environment")]
    [InlineData("nonsense")]
    public async Task A_list_that_somebody_was_at_is_refused_whole(string deed)
    {
        await PublishAsync("a");
        await PublishAsync("b");
        var good = PublishedChanges.Parse(_stored[BlockDocuments.ChangesName])!;
        var forged = Change(2, _changes[0].Bytes, "c");
        IReadOnlyList<string> changes = deed switch
        {
            "left out" => [good.Changes[1]],
            "forged" => [good.Changes[0], await SignAsync(forged, new Signer())],
            "swapped" => [good.Changes[1], good.Changes[0]],
            "of another environment" => [good.Changes[0], await SignAsync(forged with { Environment = "dev" }, _signer)],
            _ => ["a.b.c", "d"],
        };
        await StoreAsync(new(changes.Count, 0, changes));
        var list = Instance();
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
        Store(BlockDocuments.ChangesName, good.Bytes());
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "b"));
    }

    [Fact]
    public async Task A_list_that_went_back_is_refused_although_it_bears_our_signature()
    {
        await PublishAsync("a");
        var old = PublishedChanges.Parse(_stored[BlockDocuments.ChangesName])!;
        await PublishAsync("b");
        var list = Instance();
        Assert.True(await BlocksAsync(list, "b"));
        Store(BlockDocuments.ChangesName, old.Bytes());
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "b"));
        Assert.Contains("somebody replaced it", Assert.Single(_raised).Evidence["reason"], StringComparison.Ordinal);
        _clock.Advance(_options.StaleTime);
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "b"));
    }

    /// <summary>Somebody who can write to the container must not be able to stop every login with one write; nor to keep an old list in force
    /// for ever.</summary>
    [Theory]
    [InlineData("forged")]
    [InlineData("swapped")]
    [InlineData("of another environment")]
    [InlineData("nonsense")]
    [InlineData("gone")]
    public async Task The_last_good_list_stands_in_for_a_refused_one_as_long_as_stale_time_and_no_longer(string deed)
    {
        await PublishAsync("a");
        var list = Instance();
        Assert.True(await BlocksAsync(list, "a"));
        await SpoilAsync(deed);
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "a"));
        Assert.Equal((FindingKinds.BlocklistDocumentRefused, "prod", Severity.Critical), _raised.Select(f => (f.Kind, f.About, f.Severity)).Single());

        // Other spoilt lists do not begin the time anew, and are not told again.
        for (var passed = _options.InstanceCache; passed < _options.StaleTime; passed += TimeSpan.FromMinutes(1))
        {
            Assert.True(await BlocksAsync(list, "a"));
            await SpoilAsync(deed);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
        Assert.Single(_raised);

        // A good one is taken up at once, with what was blocked meanwhile.
        await PublishAsync("b");
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "b"));
        Assert.Equal([_raised[0].Id], _closed);
    }

    [Fact]
    public async Task A_finding_that_cannot_be_kept_stops_nobody()
    {
        await PublishAsync("a");
        var list = Instance();
        Assert.True(await BlocksAsync(list, "a"));
        await SpoilAsync("nonsense");
        _mute = true;
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "a"));
        Assert.Empty(_raised);
    }

    private async Task SpoilAsync(string deed)
    {
        if (deed == "gone")
        {
            _stored.Remove(BlockDocuments.ChangesName);
            return;
        }

        var forged = Change(2, _changes[0].Bytes, "c");
        IReadOnlyList<string> changes = deed switch
        {
            "forged" => [_changes[0].Jws, await SignAsync(forged, new Signer())],
            "swapped" => [await SignAsync(forged, _signer), _changes[0].Jws],
            "of another environment" => [_changes[0].Jws, await SignAsync(forged with { Environment = "dev" }, _signer)],
            _ => ["a.b.c", "d"],
        };
        await StoreAsync(new(2, 0, changes));
    }

    [Fact]
    public async Task A_new_base_is_taken_up_without_a_moment_in_which_nobody_can_tell()
    {
        await PublishAsync("a");
        await PublishAsync("b");
        var list = Instance();
        var before = (await list.ViewAsync(Cancel)).Published!;
        Assert.Equal(0, before.BaseNumber);

        // The base has just been read; the changes behind the new one come a moment later.
        var made = Blocklist.Empty.With([.. _changes.Select(c => (BlockDocuments.ReadChange(c.Bytes), BlockDocuments.Hash(c.Bytes)))])
            .ToBase("prod", _clock.GetUtcNow());
        Store(BlockDocuments.BaseName, new PublishedBase(
            2, [await SignAsync(BlockDocuments.Bytes(made[0]), BlockDocuments.BaseType, _signer)]).Bytes());
        await StoreAsync(new(2, 2, []));
        _clock.Advance(2 * _options.InstanceCache);
        var view = await list.ViewAsync(Cancel);
        var after = view.Published!;
        Assert.Equal((2, 2), (after.BaseNumber, view.Index.Number));
        Assert.True(await BlocksAsync(list, "a"));
        var fresh = Instance();
        Assert.True(await BlocksAsync(fresh, "b"));

        // A reader behind the base gets the whole list, one before it what it lacks.
        Assert.Contains("\"base\":[\"", Encoding.ASCII.GetString(after.Replies.Get(after, 1, gzip: false)), StringComparison.Ordinal);
        using var delta = JsonDocument.Parse(before.Replies.Get(before, 1, gzip: false));
        Assert.Equal(_changes[1].Jws, delta.RootElement.GetProperty("changes")[0].GetString());
    }

    private PublishedBlocklist Instance()
    {
        var documents = new Mock<IDocuments>();
        documents.Setup(d => d.FindAsync(It.IsAny<DocumentKind>(), It.IsAny<Document?>(), It.IsAny<CancellationToken>()))
            .Returns(async (DocumentKind kind, Document? known, CancellationToken _) =>
        {
            await Task.Yield();
            Interlocked.Increment(ref _reads);
            var found = _down ? throw new RetryLaterException("The storage is down.") : _stored.GetValueOrDefault(kind.Name);
            return found?.ETag == known?.ETag ? known : found;
        });
        var findings = new Mock<IFindings>();
        findings.Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Returns((Finding f, CancellationToken _) => Told(() => _raised.Add(f)));
        findings.Setup(f => f.CloseAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns((string id, string _, CancellationToken _) => Told(() => _closed.Add(id)));
        var ledger = new SegmentedLedger(new MemorySegments(new(), Fate.Immortal), new(), _clock);
        var views = new LedgerReader(ledger);
        var blocks = new BlockLedger(ledger, views);
        var reader = new ReadBlocklist(blocks, new(new MemoryRecords<BlockPiece>(new(), Fate.Immortal), documents.Object, findings.Object, _clock));
        return new(new(new(ledger, views), blocks, _options, _clock, NullLogger<LedgerStanding>.Instance), reader, documents.Object, _signer,
            new Estate("prod", []), _options, findings.Object, _clock, NullLogger<PublishedBlocklist>.Instance);

        Task Told(Action keep)
        {
            if (_mute)
            {
                throw new RetryLaterException("The table is down.");
            }

            keep();
            return Task.CompletedTask;
        }
    }

    private async Task<bool> BlocksAsync(PublishedBlocklist list, string jti) =>
        (await list.ViewAsync(Cancel)).Index.Blocks(new(Issuer, jti, null, null, _clock.GetUtcNow(), null), _clock.GetUtcNow());

    private async Task PublishAsync(string jti)
    {
        var bytes = BlockDocuments.Bytes(Change(_changes.Count + 1, _changes.Count == 0 ? null : _changes[^1].Bytes, jti));
        _changes.Add((bytes, await SignAsync(bytes, BlockDocuments.ChangeType, _signer)));
        Store(BlockDocuments.BaseName, new PublishedBase(
            0, [await SignAsync(BlockDocuments.Bytes(Blocklist.Empty.ToBase("prod", _clock.GetUtcNow())[0]), BlockDocuments.BaseType,
            _signer)]).Bytes());
        await StoreAsync(new(_changes.Count, 0, [.. _changes.Select(c => c.Jws)]));
    }

    private BlockChange Change(long number, byte[]? previous, string jti) =>
        new("prod", number, previous is null ? BlockChange.Origin : BlockDocuments.Hash(previous), _clock.GetUtcNow(),
        [new(BlockKind.Token, Issuer, jti, null, _clock.GetUtcNow().AddHours(2), "unissued", null)], []);

    /// <summary>Changes under a good head.</summary>
    private async Task StoreAsync(PublishedChanges changes)
    {
        var number = (int)Math.Min(changes.Sequence, _changes.Count);
        var chain = number == 0 ? BlockChange.Origin : BlockDocuments.Hash(_changes[number - 1].Bytes);
        var head = new BlockHead("prod", changes.Sequence, chain, _clock.GetUtcNow(), _clock.GetUtcNow() + _options.ListValidity);
        Store(BlockDocuments.ChangesName, (changes with { Head = await SignAsync(BlockDocuments.Bytes(head), BlockDocuments.HeadType, _signer) }).Bytes());
    }

    private void Store(string name, byte[] content) =>
        _stored[name] = new(content, $"{++_etag}");

    private static Task<string> SignAsync(BlockChange change, Signer signer) =>
        SignAsync(BlockDocuments.Bytes(change), BlockDocuments.ChangeType, signer);

    private static async Task<string> SignAsync(byte[] payload, string type, Signer signer) =>
        Encoding.ASCII.GetString(await SignedDocument.SignAsync(signer, type, payload, Cancel));
}
