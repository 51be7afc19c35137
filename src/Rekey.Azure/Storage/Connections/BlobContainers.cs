using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Rekey.Azure.Storage.Connections;

/// <summary>Containers are made on first use: only when one is missing, so that an identity without that right works where the deployment
/// made them.</summary>
internal static class BlobContainers
{
    public static async Task<T> WithAsync<T>(BlobContainerClient container, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
            return await call();
        }
    }
}
