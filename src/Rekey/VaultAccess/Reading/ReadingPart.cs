namespace Rekey.VaultAccess.Reading;

/// <summary>What a reading consists of. A part that could not be seen says nothing, neither that something is there nor that it is
/// gone.</summary>
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
