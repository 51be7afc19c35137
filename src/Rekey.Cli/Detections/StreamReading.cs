using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>What was read of one stream.</summary>
/// <param name="Of">What its rows are, for people.</param>
internal sealed record StreamReading(string Of, LogReading Reading)
{
    /// <summary>Lines or files could not be read.</summary>
    public bool IsPartial => Reading is { BadLines: > 0 } or { BadFiles: > 0 };

    /// <summary>What must be said about it; nothing when all of it could be read.</summary>
    public IEnumerable<string> InWords()
    {
        if (Reading.BadLines > 0)
        {
            yield return $"{Reading.BadLines:N0} line(s) of {Of} could not be read and were not "
                + $"judged{(Reading.BadFiles > 0 ? $"; {Reading.BadFiles:N0} file(s) not at all" : "")}.";
        }

        if (Reading.Ignored.Count > 0)
        {
            yield return $"{Reading.Ignored.Count:N0} file(s) beside the {Of} were passed over, for their names say no form that can be "
                + $"read: {Path.GetFileName(Reading.Ignored[0])}{(Reading.Ignored.Count > 1 ? ", …" : "")}";
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
