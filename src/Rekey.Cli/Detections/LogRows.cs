using System.Globalization;
using Rekey.Detections.Samples.Stories;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>Converts log rows (names and texts) to typed lines.</summary>
internal static class LogRows
{
    public static IssuanceLine ToIssuance(this LogRow row) =>
        new(
            row.TimeGenerated,
            row.TimeGenerated,
            row.Text("Iss")!,
            row.Text("Jti")!,
            row.Text("Kid"),
            row.Text("Sub"),
            row.Text("Aud"),
            row.Text("ClientId"),
            row.Time("IssuedAt"),
            row.Time("ExpiresAt"),
            row.Text("SigningInputSha256"),
            row.Text("IssuerInstance"),
            row.Number("Sequence")
        );

    public static AccessLine ToAccess(this LogRow row) =>
        new(
            row.TimeGenerated,
            row.TimeGenerated,
            new(
                row.Text("Iss")!,
                row.Text("Jti"),
                row.Text("Kid"),
                row.Text("Sub"),
                row.Text("Aud"),
                row.Time("IssuedAt"),
                row.Time("ExpiresAt"),
                row.Text("SigningInputSha256"),
                row.Text("KeyThumbprint"),
                row.Text("SignatureVerified") is { } verified ? verified == "true" : null
            ),
            row.Text("SrcIpAddr"),
            row.Text("UserAgent"),
            row.Text("Path"),
            row.Number("StatusCode"),
            row.Text("Gateway")
        );

    private static string? Text(this LogRow row, string column) => row.Columns.FirstOrDefault(c => c.Key == column).Value;

    private static long? Number(this LogRow row, string column) =>
        row.Text(column) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static DateTimeOffset? Time(this LogRow row, string column) =>
        row.Text(column) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : null;
}
