using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Rekey.Azure.Storage.Connections;

/// <summary>Creates a missing container on first use. If the deployment created it, the identity does not need that right.</summary>
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
