using System.Globalization;
using Rekey.Findings;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Findings;

/// <summary>A place in the list of findings: the most severe first, then the most recent.</summary>
public readonly record struct FindingCursor(Severity Severity, long LastSeen, string Id)
{
    public static FindingCursor Of(Finding finding) => new(finding.Severity, finding.LastSeen.UtcTicks, finding.Id);

    /// <exception cref="BadInputException">The text is not a cursor.</exception>
    public static FindingCursor Parse(string text) =>
        text.Split('.') is [var severity, var lastSeen, var id]
        && Enum.TryParse<Severity>(severity, out var worst)
        && long.TryParse(lastSeen, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new(worst, ticks, id)
            : throw new BadInputException("bad-cursor", "'after' must be the 'next' of the previous page.");

    /// <summary>Gives a page of the list.</summary>
    /// <param name="after">The end of the previous page; null for the first page.</param>
    public static IEnumerable<Finding> Page(IEnumerable<Finding> findings, FindingCursor? after, int size) =>
        findings
            .Where(f => after is not { } last || Of(f).IsAfter(last))
            .OrderByDescending(f => f.Severity)
            .ThenByDescending(f => f.LastSeen.UtcTicks)
            .ThenBy(f => f.Id, StringComparer.Ordinal)
            .Take(size);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Severity}.{LastSeen}.{Id}");

    private bool IsAfter(FindingCursor last) =>
        Severity != last.Severity ? Severity < last.Severity
        : LastSeen != last.LastSeen ? LastSeen < last.LastSeen
        : string.CompareOrdinal(Id, last.Id) > 0;
}
