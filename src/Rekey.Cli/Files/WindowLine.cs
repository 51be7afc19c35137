namespace Rekey.Cli.Files;

/// <summary>One trust window in windows.json.</summary>
internal sealed record WindowLine(
    string? Iss,
    string? Kid,
    DateTimeOffset? TrustedFrom,
    DateTimeOffset? IssuedUntil,
    DateTimeOffset? TrustedUntil
);
