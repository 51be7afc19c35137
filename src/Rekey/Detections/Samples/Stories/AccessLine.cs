namespace Rekey.Detections.Samples.Stories;

/// <summary>A row of <see cref="LogViews.GatewayAccess"/>.</summary>
public sealed record AccessLine(
    DateTimeOffset Arrived,
    DateTimeOffset TimeGenerated,
    PresentedToken Token,
    string? SrcIpAddr,
    string? UserAgent,
    string? Path,
    long? StatusCode,
    string? Gateway
) : SampleLine(Arrived)
{
    /// <summary>Its values in the order of the view's columns that a log has. The samples have no sealed tokens.</summary>
    public object?[] Values() =>
        [
            TimeGenerated,
            Token.Iss,
            Token.Jti,
            Token.Kid,
            Token.Sub,
            Token.Aud,
            Token.IssuedAt,
            Token.ExpiresAt,
            Token.SigningInputSha256,
            Token.KeyThumbprint,
            Token.SignatureVerified,
            null,
            SrcIpAddr,
            UserAgent,
            Path,
            StatusCode,
            Gateway,
        ];
}
