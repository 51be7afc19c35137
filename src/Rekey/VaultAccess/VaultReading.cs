using System.Text.Json.Serialization;

namespace Rekey.VaultAccess;

/// <summary>What a reading consists of. A part that could not be seen says nothing, neither that something is there nor that it is gone.</summary>
public enum ReadingPart
{
    /// <summary>The vault's own properties, access policies among them.</summary>
    Vault,

    /// <summary>Role assignments and definitions, at, above and below the vault.</summary>
    Assignments,

    /// <summary>Eligible assignments and what was activated.</summary>
    Eligibilities,

    /// <summary>Kinds of principals, members of groups.</summary>
    Principals,

    /// <summary>Owners, managed identities, what runs as them, who may change that.</summary>
    WaysRound,

    Diagnostics,
    Retention,
    Keys,
}

/// <summary>Something that could not be read, and why.</summary>
/// <param name="What">The scope, group or resource.</param>
public sealed record Unseen(ReadingPart Part, string What, string Why);

/// <summary>All that was read about who reaches one vault. It can be saved and judged anywhere.</summary>
/// <param name="VaultId">The vault's resource id.</param>
/// <param name="Vault">Null when there is no such vault, or it could not be read.</param>
public sealed record VaultReading(string VaultId, DateTimeOffset ReadAt, VaultFacts? Vault)
{
    /// <summary>What no reading shows, whatever rights it is made with.</summary>
    [JsonIgnore]
    public static IReadOnlyList<string> BlindSpots { get; } =
    [
        "delegations through Azure Lighthouse",
        "deny assignments, which take away what is granted",
        "directory roles that can change groups, applications or passwords, such as Global Administrator",
        "memberships of groups that somebody may activate (PIM for groups)",
        "eligible roles on what runs as an identity",
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
    public IReadOnlyDictionary<string, IReadOnlyList<RoleAssignment>> Resources { get; init; } = new Dictionary<string, IReadOnlyList<RoleAssignment>>(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<DiagnosticSetting> Diagnostics { get; init; } = [];

    public IReadOnlyList<TableRetention> Retention { get; init; } = [];

    public IReadOnlyList<VaultKey> Keys { get; init; } = [];

    public IReadOnlyList<Unseen> Unseen { get; init; } = [];

    /// <summary>Whether all of a part was seen.</summary>
    public bool Saw(ReadingPart part) => Unseen.All(u => u.Part != part);

    /// <summary>The role with this GUID; null when it could not be read.</summary>
    public RoleDefinition? Role(string roleId) => Roles.FirstOrDefault(r => string.Equals(r.Id, roleId, StringComparison.OrdinalIgnoreCase));
}
