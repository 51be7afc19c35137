namespace Rekey.VaultAccess.Drifts;

/// <summary>The kinds of differences from the declaration.</summary>
public enum DriftKind
{
    GrantUndeclared,
    GrantMissing,
    HumanInProduction,
    ForeignIdentity,
    IndirectReach,
    ModelFlipped,
    NetworkOpened,
    PurgeProtectionOff,
    DiagnosticsGone,
    RetentionShortened,
    KeyExportable,
    KeyInSoftware,
    VaultGone,

    /// <summary>A person who has left can reach the vault as a member of a group.</summary>
    MemberLeft,

    /// <summary>Rekey itself cannot rotate the keys.</summary>
    RotationNotAllowed,

    /// <summary>Not a difference: a part that could not be read.</summary>
    NotSeen,
}
