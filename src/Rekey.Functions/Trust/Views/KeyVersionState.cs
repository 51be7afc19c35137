namespace Rekey.Functions.Trust.Views;

/// <summary>Whether tokens that a key version signed are accepted.</summary>
public enum KeyVersionState
{
    /// <summary>Verifiers accept it, and issuers do not sign with it yet.</summary>
    Announced,

    /// <summary>Issuers sign with it.</summary>
    Current,

    /// <summary>Issuers have stopped signing with it. Its live tokens are accepted until they expire.</summary>
    Retired,

    /// <summary>It was retired, and its last honest token has expired: it is no longer published.</summary>
    Expired,

    /// <summary>Trust in it has ended, for ever. Verifiers refuse its tokens when their caches have expired.</summary>
    Revoked,
}
