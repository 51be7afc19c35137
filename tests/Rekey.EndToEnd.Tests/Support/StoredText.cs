using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Something that is kept, and where.</summary>
/// <param name="Place">Such as <c>table findings/…</c>, <c>queue rotations-poison</c>, <c>blob deadletters/…</c> or <c>log</c>.</param>
internal sealed record StoredText(string Place, string Text)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Everything that a company's Rekey has left behind: rows, messages, blobs with their metadata, and what it and its host
    /// have logged.</summary>
    public static async Task<IReadOnlyList<StoredText>> AllOfAsync(LocalCompany company)
    {
        var found = new List<StoredText>();
        await AddAsync(found, company.World.StateConnection);
        await AddAsync(found, company.World.EvidenceConnection);
        found.Add(new("log", await File.ReadAllTextAsync(company.World.LogFile, Cancel)));
        return found;
    }

    private static async Task AddAsync(List<StoredText> found, string storage)
    {
        var tables = new TableServiceClient(storage);
        await foreach (var table in tables.QueryAsync(cancellationToken: Cancel))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Cancel))
            {
                found.Add(
                    new(
                        $"table {table.Name}/{row.PartitionKey}/{row.RowKey}",
                        string.Join('\n', row.Select(p => $"{p.Key}={Write(p.Value)}"))
                    )
                );
            }
        }

        var queues = new QueueServiceClient(storage);
        await foreach (var queue in queues.GetQueuesAsync(cancellationToken: Cancel))
        {
            var messages = await queues.GetQueueClient(queue.Name).PeekMessagesAsync(maxMessages: 32, Cancel);
            found.AddRange(messages.Value.Select(m => new StoredText($"queue {queue.Name}", m.Body.ToString())));
        }

        var blobs = new BlobServiceClient(storage);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: Cancel))
        {
            await foreach (
                var blob in blobs
                    .GetBlobContainerClient(container.Name)
                    .GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, Cancel)
            )
            {
                var content = await blobs.GetBlobContainerClient(container.Name).GetBlobClient(blob.Name).DownloadContentAsync(Cancel);
                found.Add(
                    new(
                        $"blob {container.Name}/{blob.Name}",
                        string.Join('\n', [blob.Name, .. blob.Metadata.Select(m => $"{m.Key}={m.Value}"), content.Value.Content.ToString()])
                    )
                );
            }
        }
    }

    private static string Write(object? value) =>
        value is byte[] bytes ? $"{Encoding.UTF8.GetString(bytes)} {Convert.ToBase64String(bytes)}" : $"{value}";
}
