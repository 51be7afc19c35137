namespace Rekey.AspNetCore.Issuer;

/// <summary>No token is minted. <see cref="Reason"/> is a stable code for programs; the message says why.</summary>
public sealed class IssuanceRefusedException : Exception
{
    internal IssuanceRefusedException(string reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>A stable, lower-case code such as <c>list-expired</c>.</summary>
    public string Reason { get; }
}
