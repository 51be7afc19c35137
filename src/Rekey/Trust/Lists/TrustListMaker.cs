using Rekey.Ledgers;
using Rekey.Trust.History;
using Rekey.Trust.Jose;

namespace Rekey.Trust.Lists;

/// <summary>Makes the trust list from the ledger's facts and the vault's public keys. Pure: same facts, same list.</summary>
internal static class TrustListMaker
{
    /// <summary>The list at <paramref name="now"/>, with sequence 0 and no mark of the ledger.</summary>
    /// <param name="publicKey">The public key that the vault gave for a key and version; null when it gave none.</param>
    /// <param name="mismatches">Versions whose key in the vault is not the one in the ledger: left out, and reported as findings.</param>
    public static TrustList Make(
        string environment,
        IEnumerable<BoundKey> keys,
        TrustHistory history,
        Func<SigningKey, string, PublicJwk?> publicKey,
        TrustOptions options,
        DateTimeOffset now,
        out IReadOnlyList<(SigningKey Key, string Version)> mismatches
    )
    {
        var entries = new List<TrustEntry>();
        var wrong = new List<(SigningKey, string)>();
        foreach (var (key, issuer) in keys)
        {
            var trusted = history.TrustedOf(key.Id).ToList();
            var current = history.CurrentOf(key.Id, now);
            foreach (var version in trusted)
            {
                if (publicKey(key, version.Version) is not { } jwk)
                {
                    continue;
                }

                if (!string.Equals(jwk.Thumbprint, version.Thumbprint, StringComparison.Ordinal))
                {
                    wrong.Add((key, version.Version));
                    continue;
                }

                var until = version.IssuedUntil + KeyRetention.Of(options);
                var algorithms = issuer.AlgorithmsFor(jwk);
                if (until <= now || algorithms.Count == 0)
                {
                    continue;
                }

                entries.Add(
                    new(
                        key.Id,
                        version.Version,
                        issuer.KidOf(version),
                        version.Thumbprint,
                        jwk,
                        issuer.Name,
                        issuer.Issuer,
                        [.. issuer.Audiences],
                        algorithms,
                        new(version.TrustedFrom, version.CurrentFrom, version.IssuedUntil, until),
                        version == current
                    )
                    {
                        TokenTypes = [.. issuer.TokenTypes.Select(IssuerBinding.ShortType)],
                    }
                );
            }
        }

        mismatches = wrong;
        return new(
            environment,
            Sequence: 0,
            now,
            now + options.ListValidity,
            LedgerMark.Empty,
            [.. entries.OrderBy(e => e.KeyId, StringComparer.Ordinal).ThenBy(e => e.Window.TrustedFrom)],
            [.. history.Revoked.Where(b => IsNamed(b.Value, options, now)).Select(b => b.Key).Order(StringComparer.Ordinal)]
        )
        {
            Tokens = TokenRules.Of(options),
        };
    }

    /// <summary>
    /// Whether a revocation is still in the list. Verifiers refuse what the list does not name. It stays there to reveal a ledger from
    /// which it was cut, for as long as a verifier may cache the key or a token of it.
    /// </summary>
    private static bool IsNamed(DateTimeOffset revokedAt, TrustOptions options, DateTimeOffset now) =>
        now < revokedAt + options.VerifierCacheTime + KeyRetention.Of(options);
}
