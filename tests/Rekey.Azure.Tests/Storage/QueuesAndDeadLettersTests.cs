using System.Text;
using System.Text.Json;
using Rekey.Azure.Storage;
using Rekey.Azure.Tests.Support;
using Rekey.Core.Records;
using Rekey.Messaging;

namespace Rekey.Azure.Tests.Storage;

[Collection(nameof(Azurite))]
public sealed class QueuesAndDeadLettersTests(Azurite azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_hold_an_id_in_plain_json_and_never_expire()
    {
        var service = azurite.Clients().Queues();
        await service.GetQueueClient(StorageQueues.Rotations).DeleteIfExistsAsync(Cancel);
        var queues = new StorageQueues(service, TimeProvider.System);

        await queues.EnqueueRotationAsync("kv.vault.azure.net/issuer", delay: null, Cancel);
        await queues.EnqueueRotationAsync("later", TimeSpan.FromDays(30), Cancel);
        await queues.EnqueueDepartureAsync("d\"1", TimeSpan.Zero, Cancel);

        var rotations = (await service.GetQueueClient("rotations").ReceiveMessagesAsync(10, cancellationToken: Cancel)).Value;
        var rotation = Assert.Single(rotations);
        Assert.Equal("""{"key":"kv.vault.azure.net/issuer"}""", rotation.MessageText);
        Assert.True(rotation.ExpiresOn > DateTimeOffset.UtcNow.AddYears(10));
        Assert.Equal(2, (await service.GetQueueClient("rotations").GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount);
        var departure = (await service.GetQueueClient("departures").ReceiveMessageAsync(cancellationToken: Cancel)).Value;
        Assert.Equal("d\"1", JsonDocument.Parse(departure.MessageText).RootElement.GetProperty("departure").GetString());
    }

    [Fact]
    public async Task The_same_dead_letter_is_kept_once_and_its_body_is_bounded()
    {
        var service = azurite.Clients().Blobs();
        var letters = new BlobDeadLetters(service, TimeProvider.System);
        var hash = Guid.NewGuid().ToString("N");
        var letter = new DeadLetter(
            "UserChanged",
            "wrong-tenant",
            "Another tenant's event.",
            new string('ä', 100_000),
            hash,
            DateTimeOffset.UnixEpoch
        );

        var id = await letters.KeepAsync(letter, Cancel);
        Assert.Equal(id, await letters.KeepAsync(letter with { Detail = "again" }, Cancel));
        Assert.NotEqual(id, await letters.KeepAsync(letter with { Reason = "../other", Body = null }, Cancel));

        var kept = (await service.GetBlobContainerClient("deadletters").GetBlobClient($"{id}.json").DownloadContentAsync(Cancel))
            .Value
            .Content;
        var read = kept.ToObjectFromJson<DeadLetter>(RecordJson.Options)!;
        Assert.Equal("Another tenant's event.", read.Detail);
        Assert.InRange(Encoding.UTF8.GetByteCount(read.Body!), BlobDeadLetters.LongestBody - 8, BlobDeadLetters.LongestBody + 3);
    }
}
