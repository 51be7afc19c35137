using Rekey.Azure.LogAnalytics.Client;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>Converts the rows of a detection.</summary>
internal static class ResultRows
{
    /// <summary>The columns that identify a row of tokens.</summary>
    public static readonly IReadOnlyList<string> TokenKey =
    [
        "Verdict",
        "Iss",
        "Jti",
        "Kid",
        "Sub",
        "Aud",
        "IssuedAt",
        "ExpiresAt",
        "SigningInputSha256",
        "KeyThumbprint",
        "SignatureVerified",
        "SrcIpAddr",
    ];

    /// <summary>The columns that identify a row of gaps.</summary>
    public static readonly IReadOnlyList<string> GapKey = ["Iss", "IssuerInstance", "From", "To"];

    public static Sighting Sighting(LogsTableRow row) =>
        new(
            Verdict(row),
            new PresentedToken(
                row.GetString("Iss") ?? "",
                row.GetString("Jti"),
                row.GetString("Kid"),
                row.GetString("Sub"),
                row.GetString("Aud"),
                row.GetDateTimeOffset("IssuedAt"),
                row.GetDateTimeOffset("ExpiresAt"),
                row.GetString("SigningInputSha256"),
                row.GetString("KeyThumbprint"),
                row.GetBoolean("SignatureVerified")
            ),
            row.GetString("SrcIpAddr"),
            row.GetDateTimeOffset("FirstSeen") ?? throw Missing("FirstSeen"),
            row.GetDateTimeOffset("LastSeen") ?? throw Missing("LastSeen"),
            row.GetInt64("Accesses") ?? throw Missing("Accesses")
        );

    public static IssuanceGap Gap(LogsTableRow row) =>
        new(
            row.GetString("Iss") ?? throw Missing("Iss"),
            row.GetString("IssuerInstance") ?? "",
            row.GetDateTimeOffset("From") ?? throw Missing("From"),
            row.GetDateTimeOffset("To"),
            row.GetInt64("Missing")
        );

    private static Verdict Verdict(LogsTableRow row)
    {
        try
        {
            return Verdicts.Parse(row.GetString("Verdict") ?? "");
        }
        catch (FormatException unknown)
        {
            throw LogsErrors.Misunderstood(unknown.Message);
        }
    }

    private static CannotContinueException Missing(string column) => LogsErrors.Misunderstood($"a cell of the column {column} is empty");
}
