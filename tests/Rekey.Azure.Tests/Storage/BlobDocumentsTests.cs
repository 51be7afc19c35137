using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Trust.Documents;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobDocumentsTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly DocumentKind _kind = new($"list-{Guid.NewGuid():N}.jwt", "application/jwt", 100);

    [Fact]
    public async Task What_is_published_is_found_and_downloaded_once()
    {
        var documents = Documents();
        Assert.Null(await documents.FindAsync(_kind, known: null, Cancel));

        var first = await documents.PublishAsync(_kind, "one"u8.ToArray(), replaces: null, Cancel);
        var second = await documents.PublishAsync(_kind, "two"u8.ToArray(), first!.ETag, Cancel);
        var found = await documents.FindAsync(_kind, first, Cancel);

        Assert.Equal(("two", second!.ETag), (Encoding.UTF8.GetString(found!.Content.Span), found.ETag));
        Assert.Same(found, await documents.FindAsync(_kind, found, Cancel));
        Assert.Equal(_kind.ContentType, (await Blob().GetPropertiesAsync(cancellationToken: Cancel)).Value.ContentType);
        Assert.Equal(
            [_kind.Name],
            await Container().GetBlobsAsync(new GetBlobsOptions { Prefix = _kind.Name }, Cancel).Select(b => b.Name).ToListAsync(Cancel)
        );
    }

    [Fact]
    public async Task A_lost_race_is_null_and_changes_nothing()
    {
        var documents = Documents();
        var first = await documents.PublishAsync(_kind, "one"u8.ToArray(), replaces: null, Cancel);
        Assert.Null(await documents.PublishAsync(_kind, "uno"u8.ToArray(), replaces: null, Cancel));
        await documents.PublishAsync(_kind, "two"u8.ToArray(), first!.ETag, Cancel);
        Assert.Null(await documents.PublishAsync(_kind, "due"u8.ToArray(), first.ETag, Cancel));
        Assert.Equal("two", await TextAsync());
    }

    [Fact]
    public async Task However_many_publish_none_writes_over_what_it_has_not_seen()
    {
        var documents = Documents();
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async writer =>
                {
                    for (var published = 0; published < 5; )
                    {
                        var current = await documents.FindAsync(_kind, known: null, Cancel);
                        var next =
                            (
                                current is null
                                    ? 0
                                    : int.Parse(Encoding.UTF8.GetString(current.Content.Span).Split(' ')[1], CultureInfo.InvariantCulture)
                            ) + 1;
                        published += await documents.PublishAsync(_kind, Encoding.UTF8.GetBytes($"{writer} {next}"), current?.ETag, Cancel)
                            is null
                            ? 0
                            : 1;
                    }
                })
        );

        Assert.EndsWith(" 30", await TextAsync(), StringComparison.Ordinal);
    }

    /// <summary>A15: 200 MB in the container must not become 200 MB in every instance.</summary>
    [Fact]
    public async Task A15_What_is_larger_than_its_kind_allows_is_not_downloaded_and_can_be_replaced()
    {
        await Documents().PublishAsync(_kind, new byte[_kind.MaxBytes], replaces: null, Cancel);
        Assert.Equal(_kind.MaxBytes, (await Documents().FindAsync(_kind, known: null, Cancel))!.Content.Length);
        await Blob().UploadAsync(BinaryData.FromBytes(new byte[_kind.MaxBytes + 1]), overwrite: true, Cancel);

        var large = await Documents().FindAsync(_kind, known: null, Cancel);
        Assert.Equal(0, large!.Content.Length);
        Assert.NotNull(await Documents().PublishAsync(_kind, "good"u8.ToArray(), large.ETag, Cancel));
        Assert.Equal("good", await TextAsync());
    }

    /// <summary>A16: a lease on the blob is one call for whoever may write there, and would stop every publication.</summary>
    [Fact]
    public async Task A16_A_lease_is_broken()
    {
        var first = await Documents().PublishAsync(_kind, "one"u8.ToArray(), replaces: null, Cancel);
        await Blob().GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Cancel);
        Assert.NotNull(await Documents().PublishAsync(_kind, "two"u8.ToArray(), first!.ETag, Cancel));
        Assert.Equal("two", await TextAsync());
    }

    [Fact]
    public async Task A16_Whoever_takes_a_lease_again_and_again_ends_the_tries_and_no_race_is_lost()
    {
        var first = await Documents().PublishAsync(_kind, "one"u8.ToArray(), replaces: null, Cancel);
        await Blob().GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var leasing = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        await Blob().GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Cancel);
                    }
                    catch (RequestFailedException)
                    {
                        // It holds it still.
                    }
                }
            },
            Cancel
        );
        var failed = await Assert.ThrowsAsync<RetryLaterException>(() =>
            Documents().PublishAsync(_kind, "two"u8.ToArray(), first!.ETag, Cancel)
        );
        Assert.Contains("leased", failed.Message, StringComparison.Ordinal);
        await stop.CancelAsync();
        await leasing;
    }

    [Fact]
    public async Task A_publisher_whose_answer_was_lost_learns_that_it_published()
    {
        using var transport = new LosingTransport();
        var documents = new BlobDocuments(azurite.Clients(transport).Blobs(), TimeProvider.System);
        var first = await documents.PublishAsync(_kind, "one"u8.ToArray(), replaces: null, Cancel);
        var lose = 1;
        transport.Loses = request =>
            request.Method == RequestMethod.Put && request.Uri.Path.EndsWith(_kind.Name, StringComparison.Ordinal) && lose-- > 0;

        var second = await documents.PublishAsync(_kind, "two"u8.ToArray(), first!.ETag, Cancel);

        Assert.NotNull(second);
        Assert.True(lose < 0, "The answer was never lost.");
    }

    private BlobDocuments Documents() => new(azurite.Clients().Blobs(), TimeProvider.System);

    private BlobContainerClient Container() => azurite.Clients().Blobs().GetBlobContainerClient(BlobDocuments.Container);

    private BlobClient Blob() => Container().GetBlobClient(_kind.Name);

    private async Task<string> TextAsync() => (await Blob().DownloadContentAsync(Cancel)).Value.Content.ToString();
}
