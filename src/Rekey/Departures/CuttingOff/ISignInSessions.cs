using Rekey.Core;

namespace Rekey.Departures.CuttingOff;

/// <summary>Revokes sign-in sessions, as a separate identity that can do nothing else.</summary>
public interface ISignInSessions
{
    /// <summary>The reason if no identity is configured for it.</summary>
    const string NotSet = "cut-off-identity-not-set";

    /// <summary>Whether an identity is configured for it.</summary>
    bool IsConfigured { get; }

    /// <summary>
    /// Makes every refresh token and session cookie of a person invalid (<c>POST /users/{id}/revokeSignInSessions</c>). Repeating it is
    /// harmless; it does nothing when the user no longer exists. Access tokens stay valid until they expire. A guest signs in through the
    /// home tenant, and keeps those sessions.
    /// </summary>
    /// <exception cref="RetryLaterException">Graph throttles or cannot be reached; the sessions may still be revoked.</exception>
    /// <exception cref="CannotContinueException">Graph refuses: reason <c>graph-forbidden</c> or <c>graph-bad-request</c>. Or reason
    /// <see cref="NotSet"/>.</exception>
    Task RevokeAsync(Guid personId, CancellationToken cancellationToken);
}
