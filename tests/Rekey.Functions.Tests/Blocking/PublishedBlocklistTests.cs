using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Blocking;
using Rekey.Functions.Tests.Security;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Tests.Blocking;

/// <summary>What an instance makes of the published documents, in fair weather and foul.</summary>
public sealed class PublishedBlocklistTests
{
    private const string Issuer = "https://login.example";

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly TrustOptions _options = new();
    private readonly Signer _signer = new();
    private readonly Dictionary<string, Document> _stored = new(StringComparer.Ordinal);
    private readonly List<BlockEntry> _entries = [];
    private readonly List<Finding> _raised = [];
    private readonly List<string> _closed = [];
    private bool _down;
    private bool _mute;
    private int _reads;
    private int _etag;
    private long _number;

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
    [InlineData("forged")]
    [InlineData("swapped")]
    [InlineData("of another environment")]
    [InlineData("of another type")]
    [InlineData("past its time")]
    [InlineData("nonsense")]
    public async Task A_list_that_somebody_was_at_is_refused_whole(string deed)
    {
        await PublishAsync("a");
        await PublishAsync("b");
        var good = _stored[BlockDocuments.Name].Content.ToArray();
        await SpoilAsync(deed);
        var list = Instance();
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "a"));
        Store(good);
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "b"));
    }

    [Fact]
    public async Task A_list_that_went_back_is_refused_although_it_bears_our_signature()
    {
        await PublishAsync("a");
        var old = _stored[BlockDocuments.Name].Content.ToArray();
        await PublishAsync("b");
        var list = Instance();
        Assert.True(await BlocksAsync(list, "b"));
        Store(old);
        _clock.Advance(2 * _options.InstanceCache);
        Assert.True(await BlocksAsync(list, "b"));
        Assert.Contains("an older list replaced it", Assert.Single(_raised).Evidence["reason"], StringComparison.Ordinal);
        _clock.Advance(_options.StaleTime);
        await Assert.ThrowsAsync<RetryLaterException>(() => BlocksAsync(list, "b"));
    }

    /// <summary>Somebody who can write to the container must not be able to stop every login with one write; nor to keep an old list in
    /// force for ever.</summary>
    [Theory]
    [InlineData("forged")]
    [InlineData("swapped")]
    [InlineData("of another environment")]
    [InlineData("of another type")]
    [InlineData("past its time")]
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
        Assert.Equal(
            (FindingKinds.BlocklistDocumentRefused, "prod", Severity.Critical),
            _raised.Select(f => (f.Kind, f.About, f.Severity)).Single()
        );

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
            _stored.Remove(BlockDocuments.Name);
            return;
        }

        var now = _clock.GetUtcNow();
        var list = new PublishedBlocks("prod", now, now + _options.ListValidity, new(_number + 1, [Entry("c")]));
        var signed = Encoding.ASCII.GetString(await SignAsync(list, _signer)).Split('.');
        async Task<string> LaterPayloadAsync() =>
            Encoding.ASCII.GetString(await SignAsync(list with { ValidUntil = now.AddYears(1) }, _signer)).Split('.')[1];
        Store(
            deed switch
            {
                "forged" => await SignAsync(list, new Signer()),
                "swapped" => Encoding.ASCII.GetBytes($"{signed[0]}.{await LaterPayloadAsync()}.{signed[2]}"),
                "of another environment" => await SignAsync(list with { Environment = "dev" }, _signer),
                "of another type" => await SignedDocument.SignAsync(_signer, "jwt", BlockDocuments.Bytes(list), Cancel),
                "past its time" => await SignAsync(list with { ValidUntil = now }, _signer),
                _ => "a.b.c"u8.ToArray(),
            }
        );
    }

    [Fact]
    public async Task A_list_that_is_signed_anew_is_taken_up_and_packed_once()
    {
        await PublishAsync("a");
        var list = Instance();
        var before = (await list.ViewAsync(Cancel)).Jws!;
        Assert.Equal(before.Packed, before.Packed);
        _clock.Advance(2 * _options.InstanceCache);
        Assert.Same(before, (await list.ViewAsync(Cancel)).Jws);
        Store(await SignAsync(new("prod", _clock.GetUtcNow(), _clock.GetUtcNow().AddDays(1), new(_number, [Entry("a")])), _signer));
        _clock.Advance(2 * _options.InstanceCache);
        var after = await list.ViewAsync(Cancel);
        Assert.NotSame(before, after.Jws);
        Assert.Equal(_stored[BlockDocuments.Name].Content.ToArray(), after.Jws!.Content.ToArray());
        Assert.Empty(_raised);
    }

    private PublishedBlocklist Instance()
    {
        var documents = new Mock<IDocuments>();
        documents
            .Setup(d => d.FindAsync(It.IsAny<DocumentKind>(), It.IsAny<Document?>(), It.IsAny<CancellationToken>()))
            .Returns(
                async (DocumentKind kind, Document? known, CancellationToken _) =>
                {
                    await Task.Yield();
                    Interlocked.Increment(ref _reads);
                    var found = _down ? throw new RetryLaterException("The storage is down.") : _stored.GetValueOrDefault(kind.Name);
                    return found?.ETag == known?.ETag ? known : found;
                }
            );
        var findings = new Mock<IFindings>();
        findings
            .Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Returns((Finding f, CancellationToken _) => Told(() => _raised.Add(f)));
        findings
            .Setup(f => f.CloseAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Returns((string id, string _, CancellationToken _) => Told(() => _closed.Add(id)));
        var ledger = new SegmentedLedger(new MemorySegments(new(), Fate.Immortal), new(), _clock);
        var views = new LedgerReader(ledger);
        var blocks = new BlockLedger(ledger, views);
        var (reader, governedKeys) = (
            new ReadBlocklist(blocks, new MemoryBlockFiles(new(), Fate.Immortal), documents.Object, findings.Object, _clock),
            new GovernedKeys("prod", [])
        );
        return new(
            new(new(ledger, views), blocks, _options, _clock, NullLogger<LedgerStanding>.Instance),
            reader,
            documents.Object,
            new(_signer, governedKeys, _options, _clock),
            _options,
            new(governedKeys, findings.Object, _clock, NullLogger<DocumentRefusals>.Instance),
            _clock,
            NullLogger<PublishedBlocklist>.Instance
        );

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
        (await list.ViewAsync(Cancel)).List.Blocks(new(Issuer, jti, null, null, _clock.GetUtcNow(), null), _clock.GetUtcNow());

    private async Task PublishAsync(string jti)
    {
        _entries.Add(Entry(jti));
        Store(
            await SignAsync(new("prod", _clock.GetUtcNow(), _clock.GetUtcNow() + _options.ListValidity, new(++_number, _entries)), _signer)
        );
    }

    private BlockEntry Entry(string jti) =>
        new(BlockKind.Token, Issuer, jti, null, BlockRules.WholeSeconds(_clock.GetUtcNow().AddHours(2)), "unissued", null);

    private void Store(byte[] content) => _stored[BlockDocuments.Name] = new(content, $"{++_etag}");

    private static Task<byte[]> SignAsync(PublishedBlocks list, Signer signer) =>
        SignedDocument.SignAsync(signer, BlockDocuments.Type, BlockDocuments.Bytes(list), Cancel);
}
