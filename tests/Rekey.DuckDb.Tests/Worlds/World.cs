using System.Text.Json.Nodes;
using Rekey.Sweeps;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>A line of an issuer.</summary>
internal sealed record Issue(DateTimeOffset TimeGenerated, string Iss, string Jti, string? Kid, string? Sub, string? Aud, DateTimeOffset? IssuedAt, DateTimeOffset? ExpiresAt, string? SigningInputSha256,
    string? IssuerInstance, long? Sequence)
{
    public JsonObject ToJson() => new()
    {
        [nameof(TimeGenerated)] = World.Time(TimeGenerated),
        [nameof(Iss)] = Iss,
        [nameof(Jti)] = Jti,
        [nameof(Kid)] = Kid,
        [nameof(Sub)] = Sub,
        [nameof(Aud)] = Aud,
        [nameof(IssuedAt)] = World.Time(IssuedAt),
        [nameof(ExpiresAt)] = World.Time(ExpiresAt),
        [nameof(SigningInputSha256)] = SigningInputSha256,
        [nameof(IssuerInstance)] = IssuerInstance,
        [nameof(Sequence)] = Sequence,
    };
}

/// <summary>A line of a gateway.</summary>
internal sealed record Seen(bool InBatch, DateTimeOffset TimeGenerated, PresentedToken Token, string? SrcIpAddr, string? UserAgent, string? Path, long? StatusCode, string? Gateway)
{
    public JsonObject ToJson() => new()
    {
        [nameof(InBatch)] = InBatch,
        [nameof(TimeGenerated)] = World.Time(TimeGenerated),
        [nameof(Token.Iss)] = Token.Iss,
        [nameof(Token.Jti)] = Token.Jti,
        [nameof(Token.Kid)] = Token.Kid,
        [nameof(Token.Sub)] = Token.Sub,
        [nameof(Token.Aud)] = Token.Aud,
        [nameof(Token.IssuedAt)] = World.Time(Token.IssuedAt),
        [nameof(Token.ExpiresAt)] = World.Time(Token.ExpiresAt),
        [nameof(Token.SigningInputSha256)] = Token.SigningInputSha256,
        [nameof(Token.KeyThumbprint)] = Token.KeyThumbprint,
        [nameof(Token.SignatureVerified)] = Token.SignatureVerified,
        [nameof(SrcIpAddr)] = SrcIpAddr,
        [nameof(UserAgent)] = UserAgent,
        [nameof(Path)] = Path,
        [nameof(StatusCode)] = StatusCode,
        [nameof(Gateway)] = Gateway,
    };
}

/// <summary>Both logs, and what is known besides.</summary>
internal sealed record World(IReadOnlyList<Issue> Issued, IReadOnlyList<Seen> Accessed, SweepParameters Parameters, DateTimeOffset ArrivedUntil)
{
    public static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

    public override string ToString() => $"{string.Join('\n', Issued.Select(i => i.ToJson().ToJsonString()))}\n--\n{string.Join('\n', Accessed.Select(a => a.ToJson().ToJsonString()))}\n--\n{string.Join('\n', Parameters.Windows)}\n{Parameters}\n{ArrivedUntil:O}";
}
