using Rekey.Functions.Blocking.Views;
using Rekey.Functions.Trust;
using Rekey.Functions.Trust.Views;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Functions.Blocking;

/// <summary>Finds the key version that a token names as its signer, and checks the signature where the public key is at hand.</summary>
public sealed class TokenSigners(
    GovernedKeys governedKeys,
    TrustLedger trustLedger,
    PublishedTrust published,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    private const string NoIssuer = "Neither the issuer nor the kid of the token is known. Send the token itself.";
    private const string NotHere = "No version of a governed key of this issuer has this kid.";
    private const string NoToken = "The signature was not checked, because the token itself was not sent.";
    private const string NoPublicKey = "The signature was not checked: the trust list no longer has the public key of this version.";

    /// <param name="issuer">The <c>iss</c> of the token; null when it is unknown.</param>
    /// <param name="kid">The kid that the token names; null when it is unknown.</param>
    /// <param name="token">The token; null when it was not sent.</param>
    internal async Task<TokenSignerView> FindAsync(string? issuer, string? kid, string? token, CancellationToken cancellationToken)
    {
        if (issuer is null || kid is null)
        {
            return new(kid, Key: null, Version: null, SignatureIsGood: null, NoIssuer);
        }

        // 1. Find the version in the ledger, revoked or not.
        var (history, now) = (await trustLedger.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var named = governedKeys
            .Keys.Where(k => string.Equals(k.Issuer.Issuer, issuer, StringComparison.Ordinal))
            .SelectMany(k => history.VersionsOf(k.Key.Id).Select(v => (k.Key, Kid: k.Issuer.KidOf(v), Version: v)))
            .FirstOrDefault(v => string.Equals(v.Kid, kid, StringComparison.Ordinal));
        if (named.Version is not { } version)
        {
            return new(kid, Key: null, Version: null, SignatureIsGood: null, NotHere);
        }

        // 2. Check the signature with the public key of the trust list.
        var view = KeyVersionView.Of(version, history.CurrentOf(named.Key.Id, now), history, rotation: null, trust, now);
        if (token is null)
        {
            return new(kid, named.Key.Id, view, SignatureIsGood: null, NoToken);
        }

        return (await published.ViewAsync(cancellationToken)).List.Find(issuer, kid) is { } entry
            ? new(kid, named.Key.Id, view, ClaimedToken.IsSignedBy(token, entry), Unchecked: null)
            : new(kid, named.Key.Id, view, SignatureIsGood: null, NoPublicKey);
    }
}
