using System.Text.Json;
using Azure.Identity;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>
/// Turns a vault's refusal into what it means, by status and <c>innererror.code</c>; messages are for people, and of one only the number
/// that it begins with is read.
/// </summary>
internal static class VaultErrors
{
    public static Exception Of(VaultReply reply, string what)
    {
        var error = Parse(reply);
        var inner = error?.Innererror?.Code;
        var said = $"{what}: {reply.Status} {error?.Code}{(inner is null ? "" : $"/{inner}")} (request {reply.RequestId}).";
        return (reply.Status, inner) switch
        {
            (408 or >= 500, _) => new RetryLaterException(said, reply.RetryAfter),
            (401, _) when IsSigningKeyUnresolved(error) => new RetryLaterException(
                $"{said} The vault could not look up the key that signed the token. That passes by itself.",
                reply.RetryAfter
            )
            {
                Untouched = true,
            },
            (401, _) => new CannotContinueException(
                VaultReasons.Unauthorized,
                said,
                "See that the app's identity lives in the vault's tenant and that the clock is right."
            ),
            (403, "ForbiddenByRbac") => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Grant the app's identity Rekey's vault role on this vault (keys read, update and rotate). A new grant takes "
                    + "some minutes to work."
            ),
            (403, "ForbiddenByPolicy" or "AccessDenied") => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Add the key permissions get, list, update and rotate for the app's identity to the vault's access policies."
            ),
            (403, "ForbiddenByFirewall") => new CannotContinueException(
                VaultReasons.Firewall,
                said,
                "Let the app in: a private endpoint for the vault, or the app's subnet in its network rules."
            ),
            (403, "ForbiddenByConnection") => new CannotContinueException(
                VaultReasons.Firewall,
                said,
                "The vault's public network access is disabled, so that only private endpoints lead to it. Connect a private endpoint of "
                    + "the app's network to the vault, have it approved, and see that the vault's name leads to its private address there. "
                    + "Rules of the firewall do not help."
            ),
            (403, "KeyDisabled") => new CannotContinueException(VaultReasons.Disabled, said, "Enable the version, or use another one."),
            (403, _) => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Look up the request in the vault's audit log; see that the app's identity may read, update and rotate keys there."
            ),
            (404, _) => new CannotContinueException(
                VaultReasons.NotFound,
                said,
                "Check the vault and the key's name in the configuration."
            ),
            (409, "ObjectIsDeletedButRecoverable" or "ObjectIsBeingDeleted") => Deleted(said),
            (409, _) => new RetryLaterException(said, reply.RetryAfter),
            _ => new CannotContinueException(
                VaultReasons.BadRequest,
                said,
                "The vault does not take this request as it is. Look up the code in Key Vault's error reference."
            ),
        };
    }

    /// <summary>Whether the refusal says no more than "no", so that a certificate's ownership may be the cause.</summary>
    public static bool MayBeManaged(VaultReply reply) =>
        reply.Status is 400 or 403 or 409
        && Parse(reply)?.Innererror?.Code
            is not (
                "ForbiddenByRbac"
                or "ForbiddenByPolicy"
                or "AccessDenied"
                or "ForbiddenByFirewall"
                or "ForbiddenByConnection"
                or "KeyDisabled"
                or "ObjectIsDeletedButRecoverable"
                or "ObjectIsBeingDeleted"
            );

    public static CannotContinueException Deleted(string said) =>
        new(VaultReasons.Deleted, said, "The key is soft-deleted. Recover it in the vault, or take it out of the configuration.");

    public static CannotContinueException Managed(string what) =>
        new(
            VaultReasons.Managed,
            $"{what}: a certificate owns the key.",
            "Renew the certificate in the vault: that makes the key's new version."
        );

    public static CannotContinueException Misunderstood(string what) =>
        new(
            VaultReasons.BadRequest,
            $"{what}: the vault's reply is not what api-version {KeyVaultKeysClient.ApiVersion} promises.",
            "See that the address is a key vault and that nothing between changes its replies."
        );

    /// <summary>No reply at all.</summary>
    public static Exception Unreachable(Exception failure, string what) =>
        failure switch
        {
            AggregateException { InnerExceptions: [.., var last] } => Unreachable(last, what),
            AuthenticationFailedException refused => OutsideFailures.OfCredential(refused, what),
            _ => new RetryLaterException($"{what}: no reply ({failure.Message})", delay: null, failure)
            {
                Untouched = NeverArrived(failure),
            },
        };

    /// <summary>No connection, so no request.</summary>
    private static bool NeverArrived(Exception failure) =>
        failure
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError
            }
        || (failure.InnerException is { } inner && NeverArrived(inner));

    /// <summary>A 401 has no code of its own for this: it is the number with which the text begins.</summary>
    private static bool IsSigningKeyUnresolved(VaultWire.FailureBody? error) =>
        error?.Message?.StartsWith("AKV10046:", StringComparison.Ordinal) == true;

    private static VaultWire.FailureBody? Parse(VaultReply reply)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body.Span, VaultJson.Default.Failure)?.Error;
        }
        catch (JsonException)
        {
            // A gateway in between answers in HTML; the status is all there is.
            return null;
        }
    }
}
