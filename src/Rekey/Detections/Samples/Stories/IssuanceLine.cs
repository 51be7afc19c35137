namespace Rekey.Detections.Samples.Stories;

/// <summary>A row of <see cref="LogViews.TokenIssuance"/>.</summary>
public sealed record IssuanceLine(
    DateTimeOffset Arrived,
    DateTimeOffset TimeGenerated,
    string Iss,
    string Jti,
    string? Kid,
    string? Sub,
    string? Aud,
    string? ClientId,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string? SigningInputSha256,
    string? IssuerInstance,
    long? Sequence
) : SampleLine(Arrived)
{
    /// <summary>Its values in the order of the view's columns.</summary>
    public object?[] Values() =>
        [TimeGenerated, Iss, Jti, Kid, Sub, Aud, ClientId, IssuedAt, ExpiresAt, SigningInputSha256, IssuerInstance, Sequence];
}
