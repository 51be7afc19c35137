namespace Rekey.AspNetCore.AccessLogs.Rows;

/// <summary>A token that the gateway refused. What it says of itself is unverified. Sweeps never judge it.</summary>
internal sealed class RefusalRow(string reason, RowCaller caller) : GatewayRow
{
    public const string Name = "GatewayRefusal";

    public override string Stream => Name;

    public string? Iss { get; init; }

    public string? Jti { get; init; }

    public string? Kid { get; init; }

    public string? Sub { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public string? SigningInputSha256 { get; init; }

    public override IReadOnlyList<KeyValuePair<string, object?>> Columns =>
        [
            new("TimeGenerated", TimeGenerated),
            new("Reason", reason),
            new("Iss", Short(Iss)),
            new("Jti", Short(Jti)),
            new("Kid", Short(Kid)),
            new("Sub", Short(Sub)),
            new("IssuedAt", IssuedAt),
            new("SigningInputSha256", SigningInputSha256),
            new("SrcIpAddr", caller.Address),
            new("UserAgent", caller.UserAgent),
            new("Path", caller.Path),
            new("Gateway", Gateway),
        ];

    /// <summary>A forger writes what they like: the log holds as much of it as it does of a claim that is accepted.</summary>
    private static string? Short(string? claim) =>
        claim?.Length > Trust.TokenJudge.MaxNameLength ? claim[..Trust.TokenJudge.MaxNameLength] : claim;
}
