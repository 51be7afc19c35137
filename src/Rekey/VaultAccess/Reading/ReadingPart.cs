namespace Rekey.VaultAccess.Reading;

/// <summary>The parts of a reading. A part that could not be read proves neither presence nor absence.</summary>
public enum ReadingPart
{
    /// <summary>The vault's own properties, access policies among them.</summary>
    Vault,

    /// <summary>Role assignments and definitions, at, above and below the vault.</summary>
    Assignments,

    /// <summary>Eligible assignments and activations.</summary>
    Eligibilities,

    /// <summary>Kinds of principals, members of groups.</summary>
    Principals,

    /// <summary>Attack paths: owners, managed identities, what runs as them, and who controls that.</summary>
    WaysRound,

    Diagnostics,
    Retention,
    Keys,
}
