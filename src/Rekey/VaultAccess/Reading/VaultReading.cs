using System.Text.Json.Serialization;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Reading;

/// <summary>A reading of the access to one vault. It can be saved, and judged elsewhere.</summary>
/// <param name="VaultId">The vault's resource id.</param>
/// <param name="Vault">Null if the vault does not exist, or could not be read.</param>
public sealed record VaultReading(string VaultId, DateTimeOffset ReadAt, VaultFacts? Vault)
{
    /// <summary>Blind spots: what no reading can show, whatever its rights.</summary>
    [JsonIgnore]
    public static IReadOnlyList<string> BlindSpots { get; } =
    [
        "delegations through Azure Lighthouse",
        "classic administrators of the subscription (Service Administrator, Co-Administrators)",
        "deny assignments, which revoke granted rights",
        "directory roles that can change groups, applications or passwords, such as Global Administrator",
        "eligible memberships of groups (PIM for groups)",
        "eligible roles on what runs as an identity",
        "role assignments on the storage account of the audit log, and on its resource group if that is not the vault's",
        "who can write to the pipelines behind federated credentials",
        "federated credentials and secrets of app registrations",
        "what runs as an identity in subscriptions and resource groups that the reader may not see",
        "who can write to the container that the app's own package lies in",
    ];

    public IReadOnlyList<RoleAssignment> Assignments { get; init; } = [];

    public IReadOnlyList<RoleDefinition> Roles { get; init; } = [];

    public IReadOnlyList<Eligibility> Eligibilities { get; init; } = [];

    public IReadOnlyList<PrincipalFacts> Principals { get; init; } = [];

    /// <summary>Assignments on identities and on what runs as them, by resource id.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RoleAssignment>> Resources { get; init; } =
        new Dictionary<string, IReadOnlyList<RoleAssignment>>(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<DiagnosticSetting> Diagnostics { get; init; } = [];

    public IReadOnlyList<TableRetention> Retention { get; init; } = [];

    public IReadOnlyList<ListedKey> Keys { get; init; } = [];

    public IReadOnlyList<Unseen> Unseen { get; init; } = [];

    /// <summary>The storage accounts that keep the vault's audit log, as resource ids.</summary>
    [JsonIgnore]
    public IEnumerable<string> AuditAccounts => Diagnostics.Where(d => d.LogsAudit).Select(d => d.StorageAccountId).OfType<string>();

    /// <summary>Whether the whole part was read.</summary>
    public bool Saw(ReadingPart part) => Unseen.All(u => u.Part != part);

    /// <summary>Finds the role with this GUID; null if it could not be read.</summary>
    public RoleDefinition? Role(string roleId) =>
        Roles.FirstOrDefault(r => string.Equals(r.Id, roleId, StringComparison.OrdinalIgnoreCase));
}
