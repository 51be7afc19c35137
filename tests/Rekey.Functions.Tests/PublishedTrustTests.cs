using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Trust;
using Rekey.Trust;

namespace Rekey.Functions.Tests;

/// <summary>An instance that has served a list never serves one before it, and no single deed at the container stops every login.</summary>
public sealed class PublishedTrustTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly TrustOptions _options = new();
    private readonly Signer _signer = new();
    private readonly Mock<IDocuments> _documents = new();
    private readonly List<Finding> _raised = [];
    private readonly List<string> _closed = [];
    private readonly PublishedTrust _published;
    private Document? _stored;
    private int _etag;

    public PublishedTrustTests()
    {
        _documents.Setup(d => d.FindAsync(TrustDocuments.TrustListName, It.IsAny<CancellationToken>())).ReturnsAsync(() => _stored);
        var findings = new Mock<IFindings>();
        findings.Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Callback((Finding finding, CancellationToken _) => _raised.Add(finding)).Returns(Task.CompletedTask);
        findings.Setup(f => f.CloseAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback((string id, string _, CancellationToken _) => _closed.Add(id)).Returns(Task.CompletedTask);
        _published = new(new(_documents.Object, _options, _clock, NullLogger<PublishedDocuments>.Instance), _signer, new Estate("prod", []),
            _options, findings.Object, _clock, NullLogger<PublishedTrust>.Instance);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _published.Dispose();

    [Fact]
    public async Task Of_many_that_ask_at_once_one_reads()
    {
        var slow = new TaskCompletionSource<Document?>();
        _documents.Setup(d => d.FindAsync("slow", It.IsAny<CancellationToken>())).Returns(slow.Task);
        var (first, second) = (_published.FindAsync("slow", Cancel).AsTask(), _published.FindAsync("slow", Cancel).AsTask());
        slow.SetResult(new(new byte[] { 6 }, 6, "\"6\""));
        Assert.Equal((6, 6), ((await first)!.Sequence, (await second)!.Sequence));
        _documents.Verify(d => d.FindAsync("slow", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Theory]
    [InlineData("an older one of ours")]
    [InlineData("an older one of ours under a higher number of the store")]
    [InlineData("one by another key")]
    [InlineData("nonsense")]
    [InlineData("nothing")]
    public async Task What_is_put_in_its_place_changes_nothing_for_stale_time_and_is_told(string deed)
    {
        await StoreAsync(6);
        Assert.Equal(6, (await ListAsync()).Sequence);
        await (deed switch
        {
            "an older one of ours" => StoreAsync(5),
            "an older one of ours under a higher number of the store" => StoreAsync(5, number: 1000),
            "one by another key" => StoreAsync(7, by: new()),
            "nonsense" => Task.FromResult(_stored = new(new byte[] { 1 }, 7, "\"x\"")),
            _ => Task.FromResult(_stored = null),
        });

        _clock.Advance(_options.InstanceCache);
        Assert.Equal(6, (await ListAsync()).Sequence);
        Assert.Equal(("trust-list-refused", Severity.Critical), (Assert.Single(_raised).Kind, _raised[0].Severity));

        _clock.Advance(_options.StaleTime);
        await Assert.ThrowsAsync<RetryLaterException>(async () => await ListAsync());

        await StoreAsync(7, number: 1);
        _clock.Advance(_options.InstanceCache);
        Assert.Equal(7, (await ListAsync()).Sequence);
        Assert.Equal([_raised[0].Id], _closed);
    }

    [Fact]
    public async Task Without_any_list_nobody_can_tell()
    {
        await Assert.ThrowsAsync<RetryLaterException>(async () => await ListAsync());
        await StoreAsync(1, by: new());
        _clock.Advance(_options.InstanceCache);
        await Assert.ThrowsAsync<RetryLaterException>(async () => await ListAsync());
    }

    private async Task<TrustList> ListAsync() => await _published.ListAsync(Cancel);

    private async Task StoreAsync(long sequence, long? number = null, Signer? by = null) => _stored = new(
        await SignedDocument.SignAsync(
            by ?? _signer, TrustDocuments.TrustListType, TrustDocuments.Payload(new("prod", sequence, _clock.GetUtcNow(), [], [])), Cancel),
            number ?? sequence, $"\"{++_etag}\"");
}
