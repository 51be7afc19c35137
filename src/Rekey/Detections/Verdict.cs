namespace Rekey.Detections;

/// <summary>The defects of an accepted token. One access gets every verdict that applies.</summary>
public enum Verdict
{
    /// <summary>No issuance has its (iss, jti). Provisional until the token's <c>exp</c>.</summary>
    Unissued,

    /// <summary>It was issued with another signing-input hash, or (without a logged hash) another subject, kid, audience or
    /// lifetime.</summary>
    Altered,

    /// <summary>Accepted before <c>iat</c> or after <c>exp</c>, beyond the skew.</summary>
    OutOfWindow,

    /// <summary>The kid was not trusted at the moment of access, or <c>iat</c> lies past its <c>issuedUntil</c>.</summary>
    RetiredKey,

    /// <summary>An issued token, accepted after its key's trust had ended, while verifiers may still cache. Never blocked.</summary>
    VerifierLag,

    /// <summary>It has no <c>jti</c>.</summary>
    Unidentified,

    /// <summary>One token from more networks or addresses than one holder plausibly has.</summary>
    Shared,

    /// <summary>It has claims that cannot be read, such as an <c>exp</c> that is no time: a gateway must refuse it.</summary>
    MalformedClaims,
}
