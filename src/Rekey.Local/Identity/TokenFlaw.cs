namespace Rekey.Local.Identity;

/// <summary>Why a bearer token was refused.</summary>
public enum TokenFlaw
{
    /// <summary>The token is good.</summary>
    None,

    /// <summary>There is no bearer token.</summary>
    Missing,

    /// <summary>The text is not a token, not ours, or changed after signing.</summary>
    Untrusted,

    /// <summary>Another issuer made the token.</summary>
    WrongIssuer,

    /// <summary>The token is for another resource.</summary>
    WrongAudience,

    /// <summary>The token has expired or is not yet valid.</summary>
    Expired,
}
