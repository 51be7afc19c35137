namespace Rekey.Detections;

/// <summary>The two normalized views that detections read. Times are UTC; several audiences in <c>Aud</c> are sorted and separated by a
/// blank.</summary>
public static class LogViews
{
    public const string TokenIssuanceName = "TokenIssuance";
    public const string GatewayAccessName = "GatewayAccess";

    /// <summary>The column of accesses that is false where <c>TimeGenerated</c> is the time at which the line was received, because the
    /// time of the access is unknown. Null counts as true.</summary>
    public const string IsTimeKnown = "IsTimeKnown";

    /// <summary>The column of accesses with the names of the claims that cannot be read, separated by a blank.</summary>
    public const string MalformedClaims = "MalformedClaims";

    /// <summary>The columns of tokens that issuers minted.</summary>
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

    /// <summary>The columns of tokens that gateways accepted, without refusals.</summary>
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
        new(IsTimeKnown, ColumnType.Truth, IsDerived: true),
        new(MalformedClaims, ColumnType.Text, IsDerived: true),
    ];
}
