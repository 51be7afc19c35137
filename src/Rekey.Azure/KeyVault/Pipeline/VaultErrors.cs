using System.Text.Json;
using Azure.Identity;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>
/// Converts a vault's refusal, by status and <c>innererror.code</c>. Messages are for people; only the leading number of one of them is
/// read.
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
                $"{said} The vault could not find the key that signed the token. This is temporary, and Rekey retries.",
                reply.RetryAfter
            )
            {
                Untouched = true,
            },
            (401, _) => new CannotContinueException(
                VaultReasons.Unauthorized,
                said,
                "Check that the app's identity is in the vault's tenant, and that the clock is right."
            ),
            (403, "ForbiddenByRbac") => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Grant the app's identity Rekey's vault role on this vault (keys read, update and rotate). A new grant takes "
                    + "effect after a few minutes."
            ),
            (403, "ForbiddenByPolicy" or "AccessDenied") => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Add the key permissions get, list, update and rotate for the app's identity to the vault's access policies."
            ),
            (403, "ForbiddenByFirewall") => new CannotContinueException(
                VaultReasons.Firewall,
                said,
                "Allow the app: create a private endpoint for the vault, or add the app's subnet to its network rules."
            ),
            (403, "ForbiddenByConnection") => new CannotContinueException(
                VaultReasons.Firewall,
                said,
                "The vault's public network access is disabled, so it accepts only private endpoints. Connect and approve a private "
                    + "endpoint in the app's network, and check that the vault's name resolves to its private address there. "
                    + "Firewall rules have no effect."
            ),
            (403, "KeyDisabled") => new CannotContinueException(VaultReasons.Disabled, said, "Enable the version, or use another one."),
            (403, _) => new CannotContinueException(
                VaultReasons.Forbidden,
                said,
                "Look up the request in the vault's audit log. Check that the app's identity may read, update and rotate keys."
            ),
            (404, _) => new CannotContinueException(VaultReasons.NotFound, said, "Check the vault and the name of the key in Rekey:Keys."),
            (409, "ObjectIsDeletedButRecoverable" or "ObjectIsBeingDeleted") => Deleted(said),
            (409, _) => new RetryLaterException(said, reply.RetryAfter),
            _ => new CannotContinueException(
                VaultReasons.BadRequest,
                said,
                "The vault rejects this request. Look up the code in Key Vault's error reference."
            ),
        };
    }

    /// <summary>Whether the refusal has no details, so that a certificate may own the key.</summary>
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
        new(
            VaultReasons.Deleted,
            said,
            "The key is soft-deleted. Recover it in the vault (az keyvault key recover), or remove it from Rekey:Keys."
        );

    public static CannotContinueException Managed(string what) =>
        new(
            VaultReasons.Managed,
            $"{what}: a certificate owns the key.",
            "Renew the certificate in the vault: that creates the key's new version."
        );

    public static CannotContinueException Misunderstood(string what) =>
        new(
            VaultReasons.BadRequest,
            $"{what}: the vault's reply does not match api-version {KeyVaultKeysClient.ApiVersion}.",
            "Check that the address is a key vault, and that no proxy changes its replies."
        );

    /// <summary>The error for a missing reply.</summary>
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

    /// <summary>The error for a missing connection: the request was not sent.</summary>
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

    /// <summary>Reads the number at the start of the message: a 401 has no code for this.</summary>
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
            // A proxy answers in HTML: only the status is usable.
            return null;
        }
    }
}
