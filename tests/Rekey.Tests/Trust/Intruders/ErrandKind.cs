namespace Rekey.Tests.Trust.Intruders;

internal enum ErrandKind
{
    /// <summary>Somebody with the right to do so says that a person has left; the directory does not.</summary>
    Tell,

    /// <summary>The directory closes the account, and sends its event.</summary>
    Leave,

    /// <summary>The directory opens the account again, and sends its event.</summary>
    ComeBack,

    /// <summary>An operator wants a token blocked.</summary>
    Block,

    /// <summary>Somebody with a stolen key signs tokens, and a gateway accepts them.</summary>
    Forge,

    /// <summary>An issuer issues a token, and a gateway accepts it.</summary>
    LogIn,

    /// <summary>A person gets a role on the vault that nobody declared.</summary>
    LetPersonIn,

    /// <summary>A service principal gets a role on the vault that nobody declared.</summary>
    LetServiceIn,

    /// <summary>Somebody takes a declared role away.</summary>
    TakeGrant,

    /// <summary>The declared role is given back.</summary>
    GiveGrantBack,
}
