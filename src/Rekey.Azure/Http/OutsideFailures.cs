using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>Distinguishes outside failures from bugs, and converts them into Rekey's two exceptions.</summary>
internal static class OutsideFailures
{
    /// <summary>True for a failure of the network, a service or a credential; false for a bug or a cancellation by the caller.</summary>
    public static bool Is(Exception failure, CancellationToken cancellationToken) =>
        failure switch
        {
            // A network time-out arrives as a cancellation without a request.
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            RequestFailedException or AuthenticationFailedException or HttpRequestException or IOException or SocketException => true,
            // Azure.Core's retry policy collects the failures of all tries.
            AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(inner => Is(inner, cancellationToken)),
            _ => false,
        };

    /// <summary>True if the request cannot have reached the server, because there was no connection.</summary>
    public static bool NeverSent(Exception failure) =>
        failure switch
        {
            AggregateException many => many.InnerExceptions.All(NeverSent),
            AuthenticationFailedException => true,
            HttpRequestException http => http.HttpRequestError
                is HttpRequestError.ConnectionError
                    or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError,
            RequestFailedException { Status: 0, InnerException: { } inner } => NeverSent(inner),
            _ => false,
        };

    /// <summary>Converts a storage failure.</summary>
    public static Exception OfStorage(Exception failure, string what, TimeProvider timeProvider) =>
        failure switch
        {
            CredentialUnavailableException or AuthenticationFailedException => OfCredential((AuthenticationFailedException)failure, what),
            AggregateException { InnerExceptions: [.., var last] } => OfStorage(last, what, timeProvider),
            RequestFailedException { Status: 401 or 403 } refused => new CannotContinueException(
                "storage-forbidden",
                $"Storage refuses access to {what} ({refused.Status} {refused.ErrorCode}).",
                "Grant the app's identity the data roles for tables, queues and blobs on this storage account, and check that "
                    + "its network rules allow the app.",
                failure
            ),
            RequestFailedException { Status: 0 or 408 or 429 or >= 500 } busy => new RetryLaterException(
                $"Storage did not answer for {what} ({busy.Status} {busy.ErrorCode}).",
                RetryAfter.Of(busy.GetRawResponse(), timeProvider),
                failure
            ),
            // A deletion or a lease ends; a lost race is never fatal.
            RequestFailedException { Status: 404 or 409 or 412 } conflict => new RetryLaterException(
                $"Storage is not ready for {what} ({conflict.Status} {conflict.ErrorCode}).",
                delay: null,
                failure
            ),
            RequestFailedException refused => new CannotContinueException(
                "storage-refused",
                $"Storage refuses the request for {what} ({refused.Status} {refused.ErrorCode}).",
                "Look up the error code in the storage service's reference. If Rekey's request is wrong, report a bug.",
                failure
            ),
            _ => new RetryLaterException($"Storage could not be reached for {what}: {failure.Message}", delay: null, failure),
        };

    /// <summary>Converts a credential failure. A missing credential needs a person; a failing token endpoint is retried.</summary>
    public static Exception OfCredential(AuthenticationFailedException failure, string what) =>
        failure is CredentialUnavailableException
            ? new CannotContinueException(
                "credential-unavailable",
                $"No credential is available for {what}: {failure.Message}",
                "Give the app a managed identity. On a developer's machine, sign in with az login.",
                failure
            )
            : new RetryLaterException($"Rekey could not get a token for {what}: {failure.Message}", delay: null, failure);
}
