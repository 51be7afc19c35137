using Rekey.Core;

namespace Rekey.Notifications.Channels;

/// <summary>Posts a document to an address outside. It follows no redirect.</summary>
public interface IWebhooks
{
    /// <summary>Posts JSON and returns the answer, whatever its status.</summary>
    /// <param name="headers">Further headers of the request.</param>
    /// <exception cref="RetryLaterException">There was no answer in time. The message does not contain the address.</exception>
    Task<WebhookAnswer> PostAsync(
        Uri url,
        ReadOnlyMemory<byte> json,
        IReadOnlyDictionary<string, string> headers,
        CancellationToken cancellationToken
    );
}
