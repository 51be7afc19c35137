using Rekey.Exposures.Audit;
using Rekey.VaultAccess.Reading;

namespace Rekey.Exposures.Grades;

/// <summary>What is known of a version of a key when it is graded.</summary>
/// <param name="Created">When the vault made it; null when the vault could not be read.</param>
/// <param name="Listed">Its type and whether it is exportable; null when the control plane could not be read.</param>
/// <param name="IsManaged">Whether a certificate owns the key.</param>
/// <param name="Uses">The audited operations on its key; null when no audit log could be read.</param>
/// <param name="Silences">The silences of its vault's audit log; null when it could not be read.</param>
public sealed record VersionEvidence(
    string Version,
    DateTimeOffset? Created,
    ListedKey? Listed,
    bool IsManaged,
    IReadOnlyList<AuditedUse>? Uses,
    IReadOnlyList<AuditSilence>? Silences
);
