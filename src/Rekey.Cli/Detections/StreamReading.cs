using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>The result of reading one stream.</summary>
/// <param name="Of">The name of its rows, for display.</param>
internal sealed record StreamReading(string Of, LogReading Reading)
{
    /// <summary>Whether some lines or files could not be read.</summary>
    public bool IsPartial => Reading.IsPartial;

    /// <summary>The warnings about the stream; none if everything could be read.</summary>
    public IEnumerable<string> InWords()
    {
        if (Reading.BadLines > 0)
        {
            yield return $"{Reading.BadLines:N0} line(s) of {Of} could not be read and were not "
                + $"judged{(Reading.BadFiles > 0 ? $"; {Reading.BadFiles:N0} file(s) not at all" : "")}.";
        }

        if (Reading.DamagedLines > 0)
        {
            yield return $"{Reading.DamagedLines:N0} line(s) of {Of} could be read only in part, and were judged by that part.";
        }

        foreach (var hole in Reading.Holes.Where(h => h.Lines is null).Take(5))
        {
            yield return $"{Path.GetFileName(hole.File)} could not be read in full: {hole.Reason}";
        }

        if (Reading.Ignored.Count > 0)
        {
            yield return $"{Reading.Ignored.Count:N0} file(s) next to the {Of} were skipped, because their extension is not a supported "
                + $"format: {Path.GetFileName(Reading.Ignored[0])}{(Reading.Ignored.Count > 1 ? ", …" : "")}";
        }
    }

    /// <summary>The first few bad lines: file, line, reason and the line itself, cut short.</summary>
    public IEnumerable<string> Samples() =>
        Reading
            .Sample.Take(5)
            .Select(b =>
                $"{Path.GetFileName(b.File)}{(b.Line is { } line ? $":{line}" : "")}: "
                + $"{b.Reason}{(b.Text is { } text ? $": {Cut(text)}" : "")}"
            );

    private static string Cut(string text)
    {
        var plain = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return plain.Length > 120 ? $"{plain[..119]}…" : plain;
    }
}
