using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Core;

namespace Rekey.Azure.Tests.Storage;

/// <summary>The contents of the custody record in the evidence account.</summary>
[Collection(nameof(Azurite))]
public sealed class BlobHashedRowsTests(Azurite azurite)
{
    private const string Partition = "custodyrecord~0a0b";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_written_once_read_listed_and_removed_as_they_were_read()
    {
        var (rows, container) = await EmptyAsync();
        Assert.Null(await rows.FindAsync(Partition, "holders~1", Cancel));
        Assert.Empty(await rows.ListAsync(Partition, Cancel).ToListAsync(Cancel));
        var first = await rows.InsertAsync(new(Partition, "holders~1", [1, 2]), Cancel);
        Assert.Null(await rows.InsertAsync(new(Partition, "holders~1", [3]), Cancel));
        await rows.InsertAsync(new("custodyrecord~0a0b0c", "holders~1", [9]), Cancel);
        Assert.Equal([1, 2], (await rows.FindAsync(Partition, "holders~1", Cancel))!.Value.Content);
        Assert.Equal(["holders~1"], await rows.ListAsync(Partition, Cancel).Select(r => r.Value.Row).ToListAsync(Cancel));
        Assert.True(await container.GetBlobClient("records/custodyrecord~0a0b/holders~1").ExistsAsync(Cancel));

        // Another process wrote the same content meanwhile: it is not removed.
        var again = await rows.OverwriteAsync(new(Partition, "holders~1", [1, 2]), Cancel);
        Assert.False(await rows.RemoveAsync(first!, Cancel));
        Assert.Null(await rows.ReplaceAsync(first!, new(Partition, "holders~1", [5]), Cancel));
        Assert.True(await rows.RemoveAsync(again, Cancel));
        Assert.True(await rows.RemoveAsync(again, Cancel));
        Assert.Null(await rows.FindAsync(Partition, "holders~1", Cancel));
    }

    [Fact]
    public async Task One_that_is_empty_or_too_long_is_none()
    {
        var (rows, container) = await EmptyAsync();
        foreach (var (row, length) in new[] { ("empty", 0), ("long", (16 * 1024 * 1024) + 1) })
        {
            await container.UploadBlobAsync($"records/{Partition}/{row}", BinaryData.FromBytes(new byte[length]), Cancel);
            Assert.Null(await rows.FindAsync(Partition, row, Cancel));
        }
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_a_matter_of_time()
    {
        var rows = new BlobHashedRows(
            new BlobServiceClient(
                "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;",
                new() { Retry = { MaxRetries = 0 } }
            ),
            TimeProvider.System
        );
        await Assert.ThrowsAsync<RetryLaterException>(() => rows.FindAsync(Partition, "a", Cancel));
        await Assert.ThrowsAsync<RetryLaterException>(() => rows.InsertAsync(new(Partition, "a", [1]), Cancel));
    }

    private async Task<(BlobHashedRows Rows, BlobContainerClient Container)> EmptyAsync()
    {
        var service = azurite.Clients().Blobs();
        var container = service.GetBlobContainerClient(BlobSnapshots.Container);
        await container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = "records/" }, Cancel))
        {
            await container.DeleteBlobAsync(blob.Name, cancellationToken: Cancel);
        }

        return (new(service, TimeProvider.System), container);
    }
}
