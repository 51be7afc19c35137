namespace Rekey.Tests.Detections.Logs;

/// <summary>A token that an issuer minted, as it logged it.</summary>
public sealed record MintedLine(
    DateTimeOffset TimeGenerated,
    string Iss,
    string Jti,
    string? Kid,
    string? Sub,
    string? Aud,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string? Hash,
    string? Instance,
    long? Sequence
);
