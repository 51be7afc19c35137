namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>Rows of a stream are missing: the gateway dropped them, or was killed before it wrote them.</summary>
/// <param name="of">The stream.</param>
/// <param name="missing">The number of rows; null when it is unknown.</param>
internal sealed class GapRow(string of, DateTimeOffset from, DateTimeOffset to, long? missing, string reason) : GatewayRow
{
    public const string Name = "GatewayGap";

    public override string Stream => Name;

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
