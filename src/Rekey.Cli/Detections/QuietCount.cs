using Rekey.Detections;

namespace Rekey.Cli.Detections;

/// <summary>The count of a quiet detection, which has no other effect.</summary>
/// <param name="Rows">Number of sightings or gaps.</param>
/// <param name="Tokens">Number of distinct tokens; 0 if it yields gaps.</param>
internal sealed record QuietCount(Detection Detection, long Rows, int Tokens, long Accesses)
{
    public string InWords() =>
        Detection.Yields is DetectionRows.Tokens
            ? $"quiet: {Detection.Id}: {Tokens:N0} token(s), {Accesses:N0} access(es) "
                + $"({string.Join(", ", Detection.Verdicts.Select(v => v.Code()))}); counted only."
            : $"quiet: {Detection.Id}: {Rows:N0} gap(s); counted only.";
}
