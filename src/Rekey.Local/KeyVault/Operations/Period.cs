using System.Globalization;
using System.Text.RegularExpressions;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>A calendar duration of ISO 8601 such as <c>P60D</c>, <c>P18M</c> or <c>P2Y</c>, without a time part.</summary>
internal sealed partial record Period(int Months, int Days)
{
    private const double DaysAMonth = 30; // for comparing with limits that are given in days

    public double ApproximateDays => (Months * DaysAMonth) + Days;

    public DateTimeOffset After(DateTimeOffset start) => start.AddMonths(Months).AddDays(Days);

    /// <exception cref="VaultException">400: not a duration, or empty.</exception>
    public static Period Parse(string text, string property)
    {
        var match = Pattern().Match(text);
        var period = new Period((Part(match, "years") * 12) + Part(match, "months"), (Part(match, "weeks") * 7) + Part(match, "days"));
        return match.Success && period.ApproximateDays > 0 ? period : throw RequestJson.Wrong(property);
    }

    private static int Part(Match match, string group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^P((?<years>\d{1,4})Y)?((?<months>\d{1,4})M)?((?<weeks>\d{1,4})W)?((?<days>\d{1,5})D)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Pattern();
}
