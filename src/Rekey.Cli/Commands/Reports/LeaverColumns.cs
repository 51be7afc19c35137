using System.Globalization;

namespace Rekey.Cli.Commands.Reports;

/// <summary>The columns of a row, with the names that the CSV and the JSON have.</summary>
internal static class LeaverColumns
{
    public static readonly IReadOnlyList<(string Name, Func<LeaverRow, object?> Value)> All =
    [
        ("departure", row => row.Departure),
        ("person", row => row.Person),
        ("noticedAt", row => row.NoticedAt),
        ("noticedBy", row => row.NoticedBy),
        ("confirmedAt", row => row.ConfirmedAt),
        ("hostile", row => row.Hostile),
        ("cutOffAt", row => row.CutOffAt),
        ("watchEndedAt", row => row.WatchEndedAt),
        ("key", row => row.Key),
        ("outcome", row => row.Outcome),
        ("outcomeAt", row => row.OutcomeAt),
        ("decidedBy", row => row.DecidedBy),
        ("why", row => row.Why),
        ("rotation", row => row.Rotation),
        ("containedAt", row => row.ContainedAt),
        ("secondsToContain", row => row.TimeToContain),
        ("worthlessAt", row => row.WorthlessAt),
        ("secondsToWorthless", row => row.TimeToWorthless),
    ];

    /// <summary>The value as text: UTC times of ISO 8601, and whole seconds.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "",
            bool yes => yes ? "true" : "false",
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            TimeSpan time => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
