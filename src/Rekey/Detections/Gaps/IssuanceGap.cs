using Rekey.Core;

namespace Rekey.Detections.Gaps;

/// <summary>A hole in what one instance of an issuer logged: tokens whose <c>iat</c> falls into it may have been issued all the
/// same.</summary>
/// <param name="IssuerInstance">Empty where the issuer names none; <see cref="WholeIssuer"/> where not one of its instances logs
/// anything.</param>
/// <param name="From">The last line before the hole; of a whole issuer nobody knows it, and it is where the first token that was accepted
/// meanwhile can have been minted.</param>
/// <param name="To">The first line behind it; null while the instance is silent.</param>
/// <param name="Missing">How many lines are missing by their sequence numbers; null where none are logged.</param>
public sealed record IssuanceGap(string Iss, string IssuerInstance, DateTimeOffset From, DateTimeOffset? To, long? Missing)
{
    /// <summary>Every instance of an issuer at once.</summary>
    public const string WholeIssuer = "*";

    /// <summary>Where the hole begins names it: it is one gap while it lasts.</summary>
    public string Id => StableId.Of("issuance-gap", Iss, IssuerInstance, From.ToString("O"));

    /// <summary>
    /// Whether a token of this issuer and <c>iat</c> may have been issued inside the hole. The forger chooses <c>iat</c>: an honest token
    /// was issued before it was used, and not longer before than tokens live, so that holes of other times explain nothing, and a token
    /// without <c>iat</c> is explained by those of that time only.
    /// </summary>
    public bool MayHide(string iss, DateTimeOffset? issuedAt, DateTimeOffset firstSeen, TimeSpan maxTokenLifetime, TimeSpan skew)
    {
        var (earliest, latest) = (firstSeen - maxTokenLifetime - skew, firstSeen + skew);
        return string.Equals(Iss, iss, StringComparison.Ordinal)
            && From <= latest
            && !(To < earliest)
            && (issuedAt is not { } iat || (iat >= earliest && iat <= latest && iat >= From - skew && !(To + skew < iat)));
    }
}
