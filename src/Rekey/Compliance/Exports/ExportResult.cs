namespace Rekey.Compliance.Exports;

/// <summary>The result of verifying an exported ledger.</summary>
/// <param name="Segments">The number of segment files with lines that hold.</param>
/// <param name="Lines">The number of lines that hold, counted from the first one.</param>
/// <param name="Hash">SHA-256 of the last of them, lower-case hex.</param>
/// <param name="LastAt">The time of the last of them (UTC); null when there is none.</param>
/// <param name="Checkpoints">The number of checkpoints that the pinned key signed and that agree with the lines.</param>
/// <param name="ProvenLines">The line of the newest of these checkpoints: no line up to it was changed after it was signed.</param>
/// <param name="ProvenAt">When that checkpoint was signed (UTC); null when there is none.</param>
/// <param name="Environment">The environment that the checkpoints name; null when there is none.</param>
/// <param name="Acceptances">
/// Each time that two approvers accepted the ledger although lines were missing, by line: what those lines said is lost.
/// </param>
/// <param name="Defects">Every place that does not hold, the first bad line first; at most <see cref="MaxDefects"/>.</param>
public sealed record ExportResult(
    int Segments,
    long Lines,
    string Hash,
    DateTimeOffset? LastAt,
    long Checkpoints,
    long ProvenLines,
    DateTimeOffset? ProvenAt,
    string? Environment,
    IReadOnlyList<LedgerCheckpoint> Acceptances,
    IReadOnlyList<ExportDefect> Defects
)
{
    /// <summary>The number of defects that are kept. More do not help: a wrong key alone makes one of each checkpoint.</summary>
    public const int MaxDefects = 100;

    /// <summary>True when every line is chained, a checkpoint by the pinned key agrees, and none contradicts.</summary>
    public bool IsGood => Defects.Count == 0;
}
