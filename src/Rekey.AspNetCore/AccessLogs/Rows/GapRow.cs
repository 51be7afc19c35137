namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>
/// Rows of a stream are missing: the gateway dropped them, or was killed before it wrote them. It names no token, so a sweep of files
/// counts it as a line that cannot be judged, and reports it.
/// </summary>
/// <param name="of">The stream.</param>
/// <param name="missing">The number of rows; null when it is unknown.</param>
internal sealed class GapRow(string of, DateTimeOffset from, DateTimeOffset to, long? missing, string reason) : GatewayRow
{
    public const string Name = "GatewayGap";

    public override string Stream => Name;

    /// <summary>The stream of which rows are missing.</summary>
    public string Of => of;

    public long? Missing => missing;

    public override IReadOnlyList<KeyValuePair<string, object?>> Columns =>
        [
            new("TimeGenerated", TimeGenerated),
            new("Gateway", Gateway),
            new("Of", of),
            new("From", from),
            new("To", to),
            new("Missing", missing),
            new("Reason", reason),
        ];
}
