using System.Text;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Storage;
using Rekey.Trust;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobDocumentsTests(Azurite azurite)
{
    private const string Json = "application/json";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private readonly string _name = $"jwks-{Guid.NewGuid():N}.json";

    [Fact]
    public async Task What_is_published_is_found_with_its_sequence_and_a_copy_stays()
    {
        var documents = Documents();
        Assert.Null(await documents.FindAsync(_name, Cancel));

        var first = await documents.PublishAsync(_name, "one"u8.ToArray(), Json, 1, replaces: null, Cancel);
        var second = await documents.PublishAsync(_name, "two"u8.ToArray(), Json, 2, first!.ETag, Cancel);
        var found = await documents.FindAsync(_name, Cancel);

        Assert.Equal(("two", 2, second!.ETag), (Encoding.UTF8.GetString(found!.Content.Span), found.Sequence, found.ETag));
        Assert.Equal("one", await TextAsync($"{_name}.1"));
        Assert.Equal("two", await TextAsync($"{_name}.2"));
        var headers = (await Container().GetBlobClient(_name).GetPropertiesAsync(cancellationToken: Cancel)).Value;
        Assert.Equal(("public, max-age=60", Json), (headers.CacheControl, headers.ContentType));
    }

    [Fact]
    public async Task A_lost_race_is_null_and_changes_nothing()
    {
        var documents = Documents();
        var first = await documents.PublishAsync(_name, "one"u8.ToArray(), Json, 1, replaces: null, Cancel);
        Assert.Null(await documents.PublishAsync(_name, "uno"u8.ToArray(), Json, 1, replaces: null, Cancel));
        await documents.PublishAsync(_name, "two"u8.ToArray(), Json, 2, first!.ETag, Cancel);
        Assert.Null(await documents.PublishAsync(_name, "due"u8.ToArray(), Json, 2, first.ETag, Cancel));
        Assert.Equal("two", await TextAsync(_name));
    }

    [Fact]
    public async Task The_sequence_never_goes_back_however_many_publish()
    {
        var documents = Documents();
        var seen = 0L;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var now = (await documents.FindAsync(_name, Cancel))?.Sequence ?? 0;
                Assert.True(now >= seen, $"{now} after {seen}");
                seen = now;
            }
        }, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            for (var published = 0; published < 5;)
            {
                var current = await documents.FindAsync(_name, Cancel);
                var next = (current?.Sequence ?? 0) + 1;
                published += await documents.PublishAsync(_name, Encoding.UTF8.GetBytes($"{writer} {next}"), Json, next, current?.ETag, Cancel) is null ? 0 : 1;
            }
        }));
        await stop.CancelAsync();
        await watching;

        Assert.Equal(30, (await documents.FindAsync(_name, Cancel))!.Sequence);
        var newest = await TextAsync(_name);
        var copies = await Container().GetBlobsAsync(new GetBlobsOptions { Prefix = $"{_name}.30" }, Cancel).Select(b => b.Name).ToListAsync(Cancel);
        Assert.Contains(newest, await Task.WhenAll(copies.Select(TextAsync)));
    }

    [Fact]
    public async Task A_sequence_that_does_not_rise_is_refused()
    {
        var documents = Documents();
        var first = await documents.PublishAsync(_name, "one"u8.ToArray(), Json, 5, replaces: null, Cancel);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => documents.PublishAsync(_name, "two"u8.ToArray(), Json, 5, first!.ETag, Cancel));
        Assert.Equal("sequence-not-rising", refused.Reason);
    }

    [Fact]
    public async Task A_copy_left_by_a_publisher_who_died_does_not_stand_in_the_way()
    {
        await Documents().PublishAsync("makes-the-container", "x"u8.ToArray(), Json, DateTime.UtcNow.Ticks, (await Documents().FindAsync("makes-the-container", Cancel))?.ETag, Cancel);
        await Container().UploadBlobAsync($"{_name}.1", BinaryData.FromString("never published"), Cancel);

        Assert.NotNull(await Documents().PublishAsync(_name, "one"u8.ToArray(), Json, 1, replaces: null, Cancel));

        Assert.Equal("never published", await TextAsync($"{_name}.1"));
        Assert.Equal("one", await TextAsync($"{_name}.1-7692c3ad3540"));
    }

    [Fact]
    public async Task A_publisher_whose_answer_was_lost_learns_that_it_published()
    {
        using var transport = new LosingTransport();
        var documents = new BlobDocuments(azurite.Clients(transport).Blobs(), "no-cache", TimeProvider.System);
        var first = await documents.PublishAsync(_name, "one"u8.ToArray(), Json, 1, replaces: null, Cancel);
        var lose = 1;
        transport.Loses = request => request.Method == RequestMethod.Put && request.Uri.Path.EndsWith(_name, StringComparison.Ordinal) && lose-- > 0;

        Document? second = await documents.PublishAsync(_name, "two"u8.ToArray(), Json, 2, first!.ETag, Cancel);

        Assert.Equal(2, second?.Sequence);
        Assert.True(lose < 0, "The answer was never lost.");
    }

    private BlobDocuments Documents() => new(azurite.Clients().Blobs(), "public, max-age=60", TimeProvider.System);

    private BlobContainerClient Container() => azurite.Clients().Blobs().GetBlobContainerClient(BlobDocuments.Container);

    private async Task<string> TextAsync(string blob) => (await Container().GetBlobClient(blob).DownloadContentAsync(Cancel)).Value.Content.ToString();
}
