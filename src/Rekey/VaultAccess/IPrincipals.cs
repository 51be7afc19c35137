using Rekey.Core;

namespace Rekey.VaultAccess;

/// <summary>Reads principals in Entra ID (Microsoft Graph). It only reads.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when Graph throttles or cannot be reached, and <see cref="CannotContinueException"/>
/// with reason <c>graph-forbidden</c> when it refuses.
/// </remarks>
public interface IPrincipals
{
    /// <summary>The kinds of these objects; those that the directory does not know are not in it.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Everybody in a group, through nested groups too; null when there is no such group.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>A service principal; null when there is no such one.</summary>
    Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancellationToken);
}
