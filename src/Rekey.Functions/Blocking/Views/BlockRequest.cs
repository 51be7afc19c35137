namespace Rekey.Functions.Blocking.Views;

/// <summary>An operator's wish to block.</summary>
/// <param name="Kind"><c>signingInput</c>, <c>token</c>, <c>subject</c> or <c>kid</c>.</param>
/// <param name="Issuer">Name or exact <c>iss</c> of a governed issuer.</param>
/// <param name="Value">The hash, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="Reason">For the approver.</param>
/// <param name="IssuedBefore">For a subject or a kid; now when absent.</param>
internal sealed record BlockRequest(string Kind, string Issuer, string Value, string Reason, DateTimeOffset? IssuedBefore = null);
