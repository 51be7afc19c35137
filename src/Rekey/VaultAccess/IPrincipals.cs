namespace Rekey.VaultAccess;

/// <summary>Reads principals in Entra ID (Microsoft Graph). It only reads.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when Graph throttles or cannot be reached, and <see cref="CannotContinueException"/> with reason
/// <c>graph-forbidden</c> when it refuses.
/// </remarks>
public interface IPrincipals
{
    /// <summary>The kinds of these objects; those that the directory does not know are not in it.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(IReadOnlyCollection<string> ids, CancellationToken cancel);

    /// <summary>Everybody in a group, through nested groups too; null when there is no such group.</summary>
    Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancel);

    Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(string groupId, CancellationToken cancel);

    /// <summary>A service principal; null when there is no such one.</summary>
    Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancel);
}

/// <summary>A service principal.</summary>
/// <param name="ResourceId">Of a managed identity: the resource that is it or bears it.</param>
/// <param name="Owners">Of it and of its application, where that is in this directory.</param>
public sealed record ServicePrincipalFacts(string? ResourceId, IReadOnlyDictionary<string, PrincipalKind> Owners);
