using Rekey.Core;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess;

/// <summary>What Rekey reads of Azure Resource Manager. It only reads.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when the service throttles or cannot be reached, and
/// <see cref="CannotContinueException"/> with reason <see cref="Forbidden"/> when it refuses.
/// </remarks>
public interface IResourceManager
{
    /// <summary>The caller may not see it.</summary>
    const string Forbidden = "arm-forbidden";

    /// <summary>Null when there is no such vault.</summary>
    Task<VaultFacts?> GetVaultAsync(string vaultId, CancellationToken cancellationToken);

    /// <summary>In force at the resource, above and below it.</summary>
    Task<IReadOnlyList<RoleAssignment>> GetRoleAssignmentsAsync(string resourceId, CancellationToken cancellationToken);

    /// <summary>Null when there is no such role any more.</summary>
    Task<RoleDefinition?> GetRoleDefinitionAsync(string scope, string roleId, CancellationToken cancellationToken);

    /// <summary>What may be activated at the resource, above and below it; and which assignments in force are activations, by assignment
    /// id.</summary>
    Task<EligibilityFacts> GetEligibilitiesAsync(string resourceId, CancellationToken cancellationToken);

    Task<IReadOnlyList<DiagnosticSetting>> GetDiagnosticSettingsAsync(string resourceId, CancellationToken cancellationToken);

    /// <summary>Null when the workspace has no such table.</summary>
    Task<TableRetention?> GetTableRetentionAsync(string workspaceId, string table, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> GetKeyNamesAsync(string vaultId, CancellationToken cancellationToken);

    /// <summary>Every version of a key, by what a list says of it: not what kind it is. Empty when there is no such key.</summary>
    Task<IReadOnlyList<ListedKeyVersion>> GetKeyVersionsAsync(string vaultId, string key, CancellationToken cancellationToken);

    /// <summary>Null when there is no such version.</summary>
    Task<ListedKey?> GetKeyVersionAsync(string vaultId, string key, string version, CancellationToken cancellationToken);

    /// <summary>Resources that run as a user-assigned identity.</summary>
    Task<IReadOnlyList<string>> GetCarriersAsync(string identityId, CancellationToken cancellationToken);

    /// <summary>Whom a user-assigned identity trusts besides: <c>issuer|subject</c>.</summary>
    Task<IReadOnlyList<string>> GetFederatedCredentialsAsync(string identityId, CancellationToken cancellationToken);
}
