using Rekey.Core;

namespace Rekey.Blocking;

/// <summary>The rules for every entry, from whatever source. Pure.</summary>
internal static class BlockRules
{
    /// <summary>The entry in whole seconds, as tokens count time: rounded up, so that rounding never accepts a token.</summary>
    /// <exception cref="CannotContinueException">It could block more than it names, or can name nothing.</exception>
    public static BlockEntry Checked(BlockEntry entry) =>
        Mistake(entry) is { } mistake
            ? throw new CannotContinueException(
                "block-entry-wrong",
                $"An entry of the blocklist is wrong: {mistake}.",
                "Name one token by its hash or jti, or a subject or kid with the time before which its tokens were issued."
            )
            : entry with
            {
                IssuedBefore = entry.IssuedBefore is { } before ? WholeSeconds(before) : null,
                ExpiresAt = WholeSeconds(entry.ExpiresAt),
            };

    /// <summary>The next whole second.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(
            (time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond
                - (DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerSecond)
        );

    private static string? Mistake(BlockEntry entry) =>
        entry.Issuer.Length is 0 or > BlockEntry.MaxText ? "its issuer is empty or too long"
        : entry.Value.Length is 0 or > BlockEntry.MaxText ? "its value is empty or too long"
        : entry.Kid?.Length > BlockEntry.MaxText ? "its kid is too long"
        : entry.Kind is BlockKind.SigningInput && !IsHash(entry.Value) ? "its hash is not 64 lower-case hex digits"
        : entry.Kind is BlockKind.Subject or BlockKind.Kid && entry.IssuedBefore is null
            ? "a subject or kid without IssuedBefore would block every token under it for good"
        : null;

    /// <summary>Whether it is a SHA-256 in lower-case hex.</summary>
    public static bool IsHash(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigitLower);
}
