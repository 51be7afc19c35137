namespace Rekey.Detections;

/// <summary>The two normal views that detections read. Times are UTC; <c>Aud</c> holds several audiences sorted and separated by a
/// blank.</summary>
public static class LogViews
{
    public const string TokenIssuanceName = "TokenIssuance";
    public const string GatewayAccessName = "GatewayAccess";

    /// <summary>Tokens that issuers minted.</summary>
    public static readonly IReadOnlyList<ViewColumn> TokenIssuance =
    [
        new("TimeGenerated", ColumnType.Time, IsRequired: true),
        new("Iss", ColumnType.Text, IsRequired: true),
        new("Jti", ColumnType.Text, IsRequired: true),
        new("Kid", ColumnType.Text),
        new("Sub", ColumnType.Text),
        new("Aud", ColumnType.Text),
        new("ClientId", ColumnType.Text),
        new("IssuedAt", ColumnType.Time),
        new("ExpiresAt", ColumnType.Time),
        new("SigningInputSha256", ColumnType.Text),
        new("IssuerInstance", ColumnType.Text),
        new("Sequence", ColumnType.Number),
    ];

    /// <summary>Tokens that gateways accepted; refusals are not in it.</summary>
    public static readonly IReadOnlyList<ViewColumn> GatewayAccess =
    [
        new("TimeGenerated", ColumnType.Time, IsRequired: true),
        new("Iss", ColumnType.Text, IsRequired: true),
        new("Jti", ColumnType.Text),
        new("Kid", ColumnType.Text),
        new("Sub", ColumnType.Text),
        new("Aud", ColumnType.Text),
        new("IssuedAt", ColumnType.Time),
        new("ExpiresAt", ColumnType.Time),
        new("SigningInputSha256", ColumnType.Text),
        new("KeyThumbprint", ColumnType.Text),
        new("SignatureVerified", ColumnType.Truth),
        new("SealState", ColumnType.Text),
        new("SrcIpAddr", ColumnType.Text),
        new("UserAgent", ColumnType.Text),
        new("Path", ColumnType.Text),
        new("StatusCode", ColumnType.Number),
        new("Gateway", ColumnType.Text),
    ];
}
