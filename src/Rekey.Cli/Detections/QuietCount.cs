using Rekey.Detections;

namespace Rekey.Cli.Detections;

/// <summary>What a quiet detection came to: counted, and nothing follows from it.</summary>
/// <param name="Rows">Sightings or gaps.</param>
/// <param name="Tokens">Distinct tokens; 0 where it yields gaps.</param>
internal sealed record QuietCount(Detection Detection, long Rows, int Tokens, long Accesses)
{
    public string InWords() =>
        Detection.Yields is DetectionRows.Tokens
            ? $"quiet: {Detection.Id}: {Tokens:N0} token(s), {Accesses:N0} access(es) "
                + $"({string.Join(", ", Detection.Verdicts.Select(v => v.Code()))}); counted only."
            : $"quiet: {Detection.Id}: {Rows:N0} gap(s); counted only.";
}
