namespace Rekey.VaultAccess.Drifts;

/// <summary>What is not as declared.</summary>
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

    /// <summary>Rekey itself could not rotate.</summary>
    RotationNotAllowed,

    /// <summary>Not a difference: a part that nobody could look at.</summary>
    NotSeen,
}
