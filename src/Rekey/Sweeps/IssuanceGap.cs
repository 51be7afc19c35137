namespace Rekey.Sweeps;

/// <summary>A hole in what one instance of an issuer logged: tokens whose <c>iat</c> falls into it may have been issued all the same.</summary>
/// <param name="From">The last line before the hole.</param>
/// <param name="To">The first line behind it; null while the instance is silent.</param>
/// <param name="Missing">How many lines are missing by their sequence numbers; null where none are logged.</param>
public sealed record IssuanceGap(string Iss, string IssuerInstance, DateTimeOffset From, DateTimeOffset? To, long? Missing)
{
    /// <summary>Where the hole begins names it: it is one gap while it lasts.</summary>
    public string Id => StableId.Of("issuance-gap", Iss, IssuerInstance, From.ToString("O"));

    /// <summary>Whether a token of this issuer and <c>iat</c> may have been issued inside the hole.</summary>
    public bool MayHide(string iss, DateTimeOffset? issuedAt, TimeSpan skew) => string.Equals(Iss, iss, StringComparison.Ordinal)
        && (issuedAt is not { } iat || (iat >= From - skew && (To is null || iat <= To.Value + skew)));
}
