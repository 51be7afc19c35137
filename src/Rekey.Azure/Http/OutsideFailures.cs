using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>Tells failures of the world from bugs of ours, and turns them into the two failures that Rekey knows.</summary>
internal static class OutsideFailures
{
    /// <summary>True for what the network, a service or a credential did; false for a bug and for our own caller's cancellation.</summary>
    public static bool Is(Exception failure, CancellationToken cancellationToken) =>
        failure switch
        {
            // A network time-out arrives as a cancellation that nobody asked for.
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            RequestFailedException or AuthenticationFailedException or HttpRequestException or IOException or SocketException => true,
            // Azure.Core's retry policy gathers the failures of all its tries.
            AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(inner => Is(inner, cancellationToken)),
            _ => false,
        };

    /// <summary>True when the request cannot have reached the server: no connection was made.</summary>
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

    /// <summary>What a storage failure means for the work at hand.</summary>
    public static Exception OfStorage(Exception failure, string what, TimeProvider timeProvider) =>
        failure switch
        {
            CredentialUnavailableException or AuthenticationFailedException => OfCredential((AuthenticationFailedException)failure, what),
            AggregateException { InnerExceptions: [.., var last] } => OfStorage(last, what, timeProvider),
            RequestFailedException { Status: 401 or 403 } refused => new CannotContinueException(
                "storage-forbidden",
                $"Storage refuses access to {what} ({refused.Status} {refused.ErrorCode}).",
                "Grant the app's identity the data roles for tables, queues and blobs on this storage account, and see that "
                    + "its network rules let the app in.",
                failure
            ),
            RequestFailedException { Status: 0 or 408 or 429 or >= 500 } busy => new RetryLaterException(
                $"Storage did not answer for {what} ({busy.Status} {busy.ErrorCode}).",
                RetryAfter.Of(busy.GetRawResponse(), timeProvider),
                failure
            ),
            // What is being deleted or leased will settle; a lost race is never fatal.
            RequestFailedException { Status: 404 or 409 or 412 } conflict => new RetryLaterException(
                $"Storage is not ready for {what} ({conflict.Status} {conflict.ErrorCode}).",
                delay: null,
                failure
            ),
            RequestFailedException refused => new CannotContinueException(
                "storage-refused",
                $"Storage refuses the request for {what} ({refused.Status} {refused.ErrorCode}).",
                "Look up the error code in the storage service's reference; report it if it is Rekey's request that is wrong.",
                failure
            ),
            _ => new RetryLaterException($"Storage could not be reached for {what}: {failure.Message}", delay: null, failure),
        };

    /// <summary>A missing credential needs a person, a failing token endpoint needs time.</summary>
    public static Exception OfCredential(AuthenticationFailedException failure, string what) =>
        failure is CredentialUnavailableException
            ? new CannotContinueException(
                "credential-unavailable",
                $"No credential is available for {what}: {failure.Message}",
                "Give the app a managed identity, or sign in with the Azure CLI where it runs on a developer's machine.",
                failure
            )
            : new RetryLaterException($"No token could be had for {what}: {failure.Message}", delay: null, failure);
}
