using System.Globalization;

namespace Rekey.Cli.Commands.Reports;

/// <summary>The columns of a row, with the names that the CSV and the JSON have.</summary>
internal static class LeaverColumns
{
    public static IReadOnlyList<(string Name, object? Value)> Of(LeaverRow row) =>
        [
            ("departure", row.Departure),
            ("person", row.Person),
            ("noticedAt", row.NoticedAt),
            ("noticedBy", row.NoticedBy),
            ("confirmedAt", row.ConfirmedAt),
            ("hostile", row.Hostile),
            ("key", row.Key),
            ("outcome", row.Outcome),
            ("outcomeAt", row.OutcomeAt),
            ("decidedBy", row.DecidedBy),
            ("why", row.Why),
            ("rotation", row.Rotation),
            ("containedAt", row.ContainedAt),
            ("secondsToContain", row.TimeToContain),
            ("worthlessAt", row.WorthlessAt),
            ("secondsToWorthless", row.TimeToWorthless),
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
