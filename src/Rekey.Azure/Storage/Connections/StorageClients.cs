using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Rekey.Core;

namespace Rekey.Azure.Storage.Connections;

/// <summary>The SDK clients of one storage account, with a common transport and retry policy.</summary>
/// <param name="credential">Used only if the connection has service addresses.</param>
/// <param name="transport">Null for the default of Azure.Core.</param>
/// <param name="tableAudience">The audience of table tokens, by cloud; null for the public cloud. Blobs and queues derive it from their
/// address.</param>
internal sealed class StorageClients(
    StorageConnection connection,
    TokenCredential credential,
    HttpPipelineTransport? transport = null,
    TableAudience? tableAudience = null
)
{
    /// <exception cref="CannotContinueException">The connection has no table address.</exception>
    public TableServiceClient Tables()
    {
        var options = Prepared(new TableClientOptions { Audience = tableAudience }, retry: true);
        return connection.ConnectionString is { } text
            ? new TableServiceClient(text, options)
            : new TableServiceClient(connection.TableServiceUri ?? throw Missing("tableServiceUri"), credential, options);
    }

    /// <exception cref="CannotContinueException">The connection has no queue address.</exception>
    public QueueServiceClient Queues()
    {
        // Plain text, as host.json says ("messageEncoding": "none"): a message is readable in every tool.
        var options = Prepared(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, retry: true);
        return connection.ConnectionString is { } text
            ? new QueueServiceClient(text, options)
            : new QueueServiceClient(connection.QueueServiceUri ?? throw Missing("queueServiceUri"), credential, options);
    }

    /// <param name="retry">False for a client that must send each request only once.</param>
    /// <exception cref="CannotContinueException">The connection has no blob address.</exception>
    public BlobServiceClient Blobs(bool retry = true)
    {
        var options = Prepared(new BlobClientOptions(), retry);
        return connection.ConnectionString is { } text
            ? new BlobServiceClient(text, options)
            : new BlobServiceClient(connection.BlobServiceUri ?? throw Missing("blobServiceUri"), credential, options);
    }

    private TOptions Prepared<TOptions>(TOptions options, bool retry)
        where TOptions : ClientOptions
    {
        // Short retries: a failed queue message comes again, and its function has a deadline.
        options.Retry.MaxRetries = retry ? 3 : 0;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(20);
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return options;
    }

    private CannotContinueException Missing(string setting) =>
        new(
            "storage-not-configured",
            $"The connection {connection.Name} has no {setting}.",
            $"Set {connection.Name}__{setting}, or a connection string as {connection.Name}."
        );
}
