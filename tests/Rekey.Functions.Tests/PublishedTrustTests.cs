using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Trust;

namespace Rekey.Functions.Tests;

/// <summary>An instance that has served a list never serves one before it.</summary>
public sealed class PublishedTrustTests
{
    [Fact]
    public async Task Of_many_that_ask_at_once_one_reads_and_an_older_list_is_never_put_back()
    {
        var slow = new TaskCompletionSource<Document?>();
        var documents = new Mock<IDocuments>();
        documents.SetupSequence(d => d.FindAsync("list", It.IsAny<CancellationToken>())).Returns(slow.Task).ReturnsAsync(Numbered(5));
        var (options, clock) = (new TrustOptions(), new FakeTimeProvider());
        var published = new PublishedDocuments(documents.Object, options, clock, NullLogger<PublishedDocuments>.Instance);

        var first = published.FindAsync("list", TestContext.Current.CancellationToken);
        var second = published.FindAsync("list", TestContext.Current.CancellationToken);
        slow.SetResult(Numbered(6));
        Assert.Equal((6, 6), ((await first)!.Sequence, (await second)!.Sequence));
        documents.Verify(d => d.FindAsync("list", It.IsAny<CancellationToken>()), Times.Once);

        clock.Advance(options.InstanceCache);
        Assert.Equal(6, (await published.FindAsync("list", TestContext.Current.CancellationToken))!.Sequence);
        documents.Verify(d => d.FindAsync("list", It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    private static Document Numbered(long sequence) => new(new byte[] { (byte)sequence }, sequence, $"\"{sequence}\"");
}
