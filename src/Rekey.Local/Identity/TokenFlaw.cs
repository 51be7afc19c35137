namespace Rekey.Local.Identity;

/// <summary>Why a bearer token was refused.</summary>
public enum TokenFlaw
{
    /// <summary>The token is good.</summary>
    None,

    /// <summary>There is no bearer token.</summary>
    Missing,

    /// <summary>Not a token, not ours, or changed after signing.</summary>
    Untrusted,

    /// <summary>Made by another issuer.</summary>
    WrongIssuer,

    /// <summary>Made for another resource.</summary>
    WrongAudience,

    /// <summary>Its time is over, or has not come.</summary>
    Expired,
}
