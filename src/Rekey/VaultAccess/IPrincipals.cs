using Rekey.Core;

namespace Rekey.VaultAccess;

/// <summary>Reads principals in Entra ID (Microsoft Graph). It only reads.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when Graph throttles or cannot be reached, and
/// <see cref="CannotContinueException"/> with reason <c>graph-forbidden</c> when it refuses.
/// </remarks>
public interface IPrincipals
{
    /// <summary>Returns the kinds of these objects, without those that the directory does not know.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Returns all members of a group, through nested groups too; null if the group does not exist.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>Returns a service principal; null if it does not exist.</summary>
    Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancellationToken);
}
