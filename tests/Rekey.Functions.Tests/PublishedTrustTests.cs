using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Trust;

namespace Rekey.Functions.Tests;

/// <summary>An instance that has served a list never serves one before it.</summary>
public sealed class PublishedTrustTests
{
    [Fact]
    public async Task Of_two_that_read_at_once_the_slower_one_does_not_put_the_older_list_back()
    {
        var slow = new TaskCompletionSource<Document?>();
        var documents = new Mock<IDocuments>();
        documents.SetupSequence(d => d.FindAsync("list", It.IsAny<CancellationToken>())).Returns(slow.Task).ReturnsAsync(Numbered(6));
        var published = new PublishedTrust(documents.Object, Mock.Of<IDocumentSigner>(), new TrustOptions(), new FakeTimeProvider(), NullLogger<PublishedTrust>.Instance);

        var first = published.FindAsync("list", TestContext.Current.CancellationToken);
        Assert.Equal(6, (await published.FindAsync("list", TestContext.Current.CancellationToken))!.Sequence);
        slow.SetResult(Numbered(5));

        Assert.Equal(6, (await first)!.Sequence);
        Assert.Equal(6, (await published.FindAsync("list", TestContext.Current.CancellationToken))!.Sequence);
    }

    private static Document Numbered(long sequence) => new(new byte[] { (byte)sequence }, sequence, $"\"{sequence}\"");
}
