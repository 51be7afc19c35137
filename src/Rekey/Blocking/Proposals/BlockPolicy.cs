using Rekey.Trust;

namespace Rekey.Blocking.Proposals;

/// <summary>
/// Decides what may be blocked without a decision (T19). The forger chooses jti, sub, kid and exp, so an automatic entry must not be able
/// to name another person's token. Pure.
/// </summary>
internal static class BlockPolicy
{
    /// <summary>
    /// The verdict whose (iss, jti) belongs to no honest token. An honest holder can get any other verdict too: a wrong clock, a phone on
    /// the move, a gateway that lags, a log that lost a field.
    /// </summary>
    public const string Unissued = "unissued";

    public static BlockPlan Plan(
        IReadOnlyList<BlockCandidate> found,
        Func<string, string, KidStanding> standing,
        BlockingOptions options,
        TrustOptions trust,
        DateTimeOffset now
    )
    {
        var (add, rotate, ask) = (new List<BlockEntry>(), new List<CrowdedKid>(), new List<BlockCandidate>());
        foreach (var kid in found.GroupBy(c => (c.Issuer, c.Kid)))
        {
            var stands = kid.Key.Kid is { } name ? standing(kid.Key.Issuer, name) : new(Revoked: false, TrustedUntil: null, Listed: 0);
            if (stands.Revoked)
            {
                continue;
            }

            ask.AddRange(kid.Where(c => c.Reason != Unissued || Entry(c, stands, trust) is null));
            var entries = kid.Where(c => c.Reason == Unissued)
                .Select(c => Entry(c, stands, trust))
                .OfType<BlockEntry>()
                .Where(e => e.ExpiresAt > now)
                .GroupBy(e => e.Id, StringComparer.Ordinal)
                .Select(g => g.MaxBy(e => e.ExpiresAt)!)
                .OrderBy(e => e.Id, StringComparer.Ordinal)
                .ToList();

            // A token without a kid has no key that could be rotated; it is listed within the same limit.
            var room = Math.Max(0, options.MaxEntriesPerKid - stands.Listed);
            add.AddRange(entries.Take(room));
            if (entries.Count > room && kid.Key.Kid is { } crowded)
            {
                rotate.Add(new(kid.Key.Issuer, crowded, stands.Listed + entries.Count));
            }
        }

        return new(add, rotate, ask);
    }

    /// <summary>Entries that a revocation has made superfluous.</summary>
    /// <param name="isRevoked">By issuer and kid.</param>
    public static IReadOnlyList<string> Superfluous(IEnumerable<BlockEntry> entries, Func<string, string, bool> isRevoked) =>
        [.. entries.Where(e => e.Kid is { } kid && isRevoked(e.Issuer, kid)).Select(e => e.Id)];

    /// <summary>When no verifier that follows the rules can accept the token any more.</summary>
    public static DateTimeOffset Expiry(
        DateTimeOffset? expiresAt,
        DateTimeOffset lastAccess,
        DateTimeOffset? trustedUntil,
        TrustOptions trust
    )
    {
        var latest = lastAccess + trust.MaxTokenLifetime;
        latest = expiresAt < latest ? expiresAt.Value : latest;
        return BlockRules.WholeSeconds((trustedUntil < latest ? trustedUntil.Value : latest) + trust.ClockSkew);
    }

    private static BlockEntry? Entry(BlockCandidate token, KidStanding stands, TrustOptions trust)
    {
        var named =
            token.SigningInputSha256 is { } hash && BlockRules.IsHash(hash) ? (BlockKind.SigningInput, hash)
            : token is { Reason: Unissued, Jti: { Length: > 0 and <= BlockEntry.MaxText } jti } ? (BlockKind.Token, jti)
            : ((BlockKind Kind, string Value)?)null;
        return named is { } n && token.Issuer.Length is > 0 and <= BlockEntry.MaxText && !(token.Kid?.Length > BlockEntry.MaxText)
            ? new(
                n.Kind,
                token.Issuer,
                n.Value,
                IssuedBefore: null,
                Expiry(token.ExpiresAt, token.LastAccess, stands.TrustedUntil, trust),
                token.Reason,
                token.FindingId
            )
            {
                Kid = token.Kid,
            }
            : null;
    }
}
