using Azure.Storage.Blobs;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Compliance;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobCheckpointsTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_listed_newest_first_by_name_and_read_one_by_one()
    {
        var (checkpoints, container) = await EmptyAsync();
        Assert.Empty(await checkpoints.ListAsync(Cancel).ToListAsync(Cancel));
        Assert.True((await checkpoints.ReadAsync(7, Cancel)).IsEmpty);

        foreach (var lines in new[] { 9L, 100, 12, 99_999_999_999, 1 })
        {
            await checkpoints.KeepAsync(lines, BinaryData.FromString($"of {lines}"), Cancel);
        }

        // What else lies there is none.
        await container.UploadBlobAsync("000000000013.jwt", BinaryData.FromString("x"), Cancel);
        await container.UploadBlobAsync("999999999999-13.jwt", BinaryData.FromString("x"), Cancel);
        await container.UploadBlobAsync("a", BinaryData.FromString("x"), Cancel);

        Assert.Equal([99_999_999_999, 100, 12, 9, 1], await checkpoints.ListAsync(Cancel).ToListAsync(Cancel));
        Assert.Equal("of 12", System.Text.Encoding.UTF8.GetString((await checkpoints.ReadAsync(12, Cancel)).Span));
    }

    [Fact]
    public async Task One_that_is_there_is_not_replaced_and_one_that_is_too_long_is_none()
    {
        var (checkpoints, container) = await EmptyAsync();
        await checkpoints.KeepAsync(5, BinaryData.FromString("first"), Cancel);
        await checkpoints.KeepAsync(5, BinaryData.FromString("second"), Cancel);
        Assert.Equal("first", System.Text.Encoding.UTF8.GetString((await checkpoints.ReadAsync(5, Cancel)).Span));

        await container.UploadBlobAsync(CheckpointName.Of(6), BinaryData.FromBytes(new byte[20_000]), Cancel);
        await container.UploadBlobAsync(CheckpointName.Of(7), BinaryData.FromBytes(Array.Empty<byte>()), Cancel);
        Assert.True((await checkpoints.ReadAsync(6, Cancel)).IsEmpty);
        Assert.True((await checkpoints.ReadAsync(7, Cancel)).IsEmpty);
    }

    [Fact]
    public async Task Acceptances_are_kept_once_by_decision_and_are_no_checkpoints()
    {
        var (checkpoints, container) = await EmptyAsync();
        Assert.Empty(await checkpoints.ReadAcceptancesAsync(Cancel).ToListAsync(Cancel));
        await checkpoints.KeepAsync(5, BinaryData.FromString("checkpoint"), Cancel);
        await checkpoints.KeepAcceptanceAsync("one", BinaryData.FromString("first"), Cancel);
        await checkpoints.KeepAcceptanceAsync("one", BinaryData.FromString("second"), Cancel);
        await container.UploadBlobAsync(CheckpointName.OfAcceptance("two"), BinaryData.FromBytes(new byte[20_000]), Cancel);
        await container.UploadBlobAsync("accepted-three.txt", BinaryData.FromString("x"), Cancel);

        Assert.Equal([5], await checkpoints.ListAsync(Cancel).ToListAsync(Cancel));
        Assert.Equal(
            ["first", ""],
            (await checkpoints.ReadAcceptancesAsync(Cancel).ToListAsync(Cancel)).Select(d =>
                System.Text.Encoding.UTF8.GetString(d.Document.Span)
            )
        );
    }

    private async Task<(BlobCheckpoints Checkpoints, BlobContainerClient Container)> EmptyAsync()
    {
        var service = azurite.Clients().Blobs();
        var container = service.GetBlobContainerClient(BlobCheckpoints.Container);
        await container.DeleteIfExistsAsync(cancellationToken: Cancel);
        return (new(service, TimeProvider.System), container);
    }
}
