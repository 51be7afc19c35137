namespace Rekey.Sweeps.Samples;

/// <summary>One line of a log, with the moment at which it reached its collector.</summary>
public abstract record SampleLine(DateTimeOffset Arrived);

/// <summary>A row of <see cref="LogViews.TokenIssuance"/>.</summary>
public sealed record IssuanceLine(DateTimeOffset Arrived, DateTimeOffset TimeGenerated, string Iss, string Jti, string? Kid, string? Sub, string? Aud, string? ClientId,
    DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt, string? SigningInputSha256, string? IssuerInstance, long? Sequence) : SampleLine(Arrived)
{
    /// <summary>Its values in the order of the view's columns.</summary>
    public object?[] Values() => [TimeGenerated, Iss, Jti, Kid, Sub, Aud, ClientId, IssuedAt, ExpiresAt, SigningInputSha256, IssuerInstance, Sequence];
}

/// <summary>A row of <see cref="LogViews.GatewayAccess"/>.</summary>
public sealed record AccessLine(DateTimeOffset Arrived, DateTimeOffset TimeGenerated, PresentedToken Token, string? SrcIpAddr, string? UserAgent, string? Path, long? StatusCode, string? Gateway)
    : SampleLine(Arrived)
{
    /// <summary>Its values in the order of the view's columns. Nobody in the samples seals tokens.</summary>
    public object?[] Values() =>
    [
        TimeGenerated, Token.Iss, Token.Jti, Token.Kid, Token.Sub, Token.Aud, Token.IssuedAt, Token.ExpiresAt, Token.SigningInputSha256, Token.KeyThumbprint, Token.SignatureVerified, null,
        SrcIpAddr, UserAgent, Path, StatusCode, Gateway,
    ];
}

/// <summary>Everything that the logs say about one (<c>iss</c>, <c>jti</c>), or about one token without a <c>jti</c>.</summary>
/// <param name="IsAttack">It is the forger's.</param>
public sealed record TokenStory(IReadOnlyList<IssuanceLine> Issuances, IReadOnlyList<AccessLine> Accesses, bool IsAttack = false);
