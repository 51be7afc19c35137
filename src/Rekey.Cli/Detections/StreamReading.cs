using Rekey.Cli.Output;
using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>The result of reading one stream.</summary>
/// <param name="Of">The name of its rows, for display.</param>
internal sealed record StreamReading(string Of, LogReading Reading)
{
    private const int PassedOverNamed = 5;

    /// <summary>Whether something was not read.</summary>
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

        if (Reading.PassedOver.Count > 0)
        {
            var some = Reading.PassedOver.Take(PassedOverNamed).Select(p => $"{p.Path} ({p.Reason})");
            var more = Reading.PassedOver.Count > PassedOverNamed ? $"; and {Reading.PassedOver.Count - PassedOverNamed:N0} more" : "";
            yield return $"{Reading.PassedOver.Count:N0} file(s) or folder(s) of the {Of} were not read: "
                + $"{string.Join("; ", some)}{more}. To leave them out on purpose, name the others with a pattern, such as "
                + "'logs/**/*.ndjson'.";
        }
    }

    /// <summary>The first few bad lines: file, line, reason and the line itself, cut short.</summary>
    public IEnumerable<string> Samples() =>
        Reading
            .Sample.Take(5)
            .Select(b =>
                $"{PlainText.Of(Path.GetFileName(b.File))}{(b.Line is { } line ? $":{line}" : "")}: "
                + $"{PlainText.Of(b.Reason)}{(b.Text is { } text ? $": {Cut(text)}" : "")}"
            );

    private static string Cut(string text)
    {
        var plain = PlainText.Of(text);
        return plain.Length > 120 ? $"{plain[..119]}…" : plain;
    }
}
