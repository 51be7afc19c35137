using Azure.Storage.Blobs;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Blocking.Publishing;
using Rekey.Core;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobBlockFilesTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_kept_read_replaced_listed_and_removed_by_name()
    {
        var (files, _) = await EmptyAsync();
        Assert.Empty(await files.ListAsync("lists/", Cancel));
        Assert.True((await files.ReadAsync("lists/1.json", Cancel)).IsEmpty);
        await files.RemoveAsync("lists/1.json", Cancel);

        foreach (var name in new[] { "lists/2.json", "lists/1.json", "proposals/a.json" })
        {
            await files.KeepAsync(name, BinaryData.FromString($"of {name}"), Cancel);
        }

        Assert.Equal(["lists/1.json", "lists/2.json"], await files.ListAsync("lists/", Cancel));
        Assert.Equal(["proposals/a.json"], await files.ListAsync("proposals/", Cancel));
        Assert.Equal("of lists/2.json", await TextAsync(files, "lists/2.json"));
        await files.KeepAsync("lists/2.json", BinaryData.FromString("another"), Cancel);
        Assert.Equal("another", await TextAsync(files, "lists/2.json"));

        await files.RemoveAsync("lists/2.json", Cancel);
        await files.RemoveAsync("lists/2.json", Cancel);
        Assert.True((await files.ReadAsync("lists/2.json", Cancel)).IsEmpty);
        Assert.Equal(["lists/1.json"], await files.ListAsync("lists/", Cancel));
    }

    [Fact]
    public async Task One_that_is_empty_or_longer_than_any_list_is_none()
    {
        var (files, container) = await EmptyAsync();
        await files.KeepAsync("lists/1.json", new byte[BlockDocuments.MaxBytes], Cancel);
        Assert.Equal(BlockDocuments.MaxBytes, (await files.ReadAsync("lists/1.json", Cancel)).Length);
        await container.UploadBlobAsync("lists/2.json", BinaryData.FromBytes(new byte[BlockDocuments.MaxBytes + 1]), Cancel);
        await container.UploadBlobAsync("lists/3.json", BinaryData.FromBytes(Array.Empty<byte>()), Cancel);
        Assert.True((await files.ReadAsync("lists/2.json", Cancel)).IsEmpty);
        Assert.True((await files.ReadAsync("lists/3.json", Cancel)).IsEmpty);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_a_matter_of_time()
    {
        var files = new BlobBlockFiles(
            new BlobServiceClient(
                "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;",
                new() { Retry = { MaxRetries = 0 } }
            ),
            TimeProvider.System
        );
        await Assert.ThrowsAsync<RetryLaterException>(() => files.KeepAsync("lists/1.json", BinaryData.FromString("x"), Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => files.ReadAsync("lists/1.json", Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => files.ListAsync("lists/", Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => files.RemoveAsync("lists/1.json", Cancel));
    }

    private static async Task<string> TextAsync(BlobBlockFiles files, string name) =>
        System.Text.Encoding.UTF8.GetString((await files.ReadAsync(name, Cancel)).Span);

    private async Task<(BlobBlockFiles Files, BlobContainerClient Container)> EmptyAsync()
    {
        var service = azurite.Clients().Blobs();
        var container = service.GetBlobContainerClient(BlobBlockFiles.Container);
        await container.DeleteIfExistsAsync(cancellationToken: Cancel);
        return (new(service, TimeProvider.System), container);
    }
}
