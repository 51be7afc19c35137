namespace Rekey.Cli.Files;

/// <summary>One window in the file.</summary>
internal sealed record WindowLine(
    string? Iss,
    string? Kid,
    DateTimeOffset? TrustedFrom,
    DateTimeOffset? IssuedUntil,
    DateTimeOffset? TrustedUntil
);
