using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Departures.Feed;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class BlobEventDeadLettersTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Always = DateTimeOffset.UtcNow.AddDays(1);

    [Fact]
    public async Task Files_come_in_their_order_after_the_cursor_and_are_read()
    {
        var service = azurite.Clients().Blobs();
        var container = service.GetBlobContainerClient("event-dead-letters");
        await container.DeleteIfExistsAsync(cancellationToken: Cancel);
        var files = new BlobEventDeadLetters(service, TimeProvider.System);
        Assert.Empty(await files.ListAsync(EventDeadLetterCursor.Start, Always, 10, Cancel));

        await container.CreateAsync(cancellationToken: Cancel);
        foreach (var name in (string[])["U/3.json", "U/1.json", "U/2.json"])
        {
            await container.UploadBlobAsync(name, BinaryData.FromString($"[\"{name}\"]"), Cancel);
        }

        var all = await files.ListAsync(EventDeadLetterCursor.Start, Always, 10, Cancel);
        Assert.Equal(3, all.Count);
        Assert.Equal(all, all.OrderBy(f => f.WrittenAt).ThenBy(f => f.Name, StringComparer.Ordinal));
        Assert.Equal(all.Take(2), await files.ListAsync(EventDeadLetterCursor.Start, Always, 2, Cancel));
        Assert.Equal(all.Skip(1), await files.ListAsync(new(all[0].WrittenAt, all[0].Name), Always, 10, Cancel));
        Assert.Empty(await files.ListAsync(new(all[2].WrittenAt, all[2].Name), Always, 10, Cancel));
        Assert.Empty(await files.ListAsync(EventDeadLetterCursor.Start, all[0].WrittenAt.AddSeconds(-1), 10, Cancel));
        Assert.Equal("[\"U/1.json\"]", System.Text.Encoding.UTF8.GetString((await files.ReadAsync("U/1.json", Cancel)).Span));
        Assert.True((await files.ReadAsync("U/gone.json", Cancel)).IsEmpty);
    }
}
