using Rekey.Core;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess;

/// <summary>Reads from Azure Resource Manager. It only reads.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when the service throttles or cannot be reached, and
/// <see cref="CannotContinueException"/> with reason <see cref="Forbidden"/> when it refuses.
/// </remarks>
public interface IResourceManager
{
    /// <summary>The reason if the caller may not read something.</summary>
    const string Forbidden = "arm-forbidden";

    /// <summary>Returns a vault; null if it does not exist.</summary>
    Task<VaultFacts?> GetVaultAsync(string vaultId, CancellationToken cancellationToken);

    /// <summary>Returns the role assignments at, above and below the resource.</summary>
    Task<IReadOnlyList<RoleAssignment>> GetRoleAssignmentsAsync(string resourceId, CancellationToken cancellationToken);

    /// <summary>Returns a role; null if it no longer exists.</summary>
    Task<RoleDefinition?> GetRoleDefinitionAsync(string scope, string roleId, CancellationToken cancellationToken);

    /// <summary>Returns the eligible roles at, above and below the resource, and the assignments that are activations, by assignment
    /// id.</summary>
    Task<EligibilityFacts> GetEligibilitiesAsync(string resourceId, CancellationToken cancellationToken);

    Task<IReadOnlyList<DiagnosticSetting>> GetDiagnosticSettingsAsync(string resourceId, CancellationToken cancellationToken);

    /// <summary>Returns the retention of a table; null if the workspace has no such table.</summary>
    Task<TableRetention?> GetTableRetentionAsync(string workspaceId, string table, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> GetKeyNamesAsync(string vaultId, CancellationToken cancellationToken);

    /// <summary>Lists every version of a key, without its type. Empty if the key does not exist.</summary>
    Task<IReadOnlyList<ListedKeyVersion>> GetKeyVersionsAsync(string vaultId, string key, CancellationToken cancellationToken);

    /// <summary>Returns a version of a key; null if it does not exist.</summary>
    Task<ListedKey?> GetKeyVersionAsync(string vaultId, string key, string version, CancellationToken cancellationToken);

    /// <summary>Lists the resources that run as a user-assigned identity.</summary>
    Task<IReadOnlyList<string>> GetCarriersAsync(string identityId, CancellationToken cancellationToken);

    /// <summary>Lists the federated credentials of a user-assigned identity: <c>issuer|subject</c>.</summary>
    Task<IReadOnlyList<string>> GetFederatedCredentialsAsync(string identityId, CancellationToken cancellationToken);
}
