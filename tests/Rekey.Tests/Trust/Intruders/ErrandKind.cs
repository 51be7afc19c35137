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
}
