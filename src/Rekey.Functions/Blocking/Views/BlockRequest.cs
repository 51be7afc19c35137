namespace Rekey.Functions.Blocking.Views;

/// <summary>An operator's request to block tokens.</summary>
/// <param name="Kind"><c>signingInput</c>, <c>token</c>, <c>subject</c> or <c>kid</c>.</param>
/// <param name="Issuer">Name or exact <c>iss</c> of a governed issuer.</param>
/// <param name="Value">The hash, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="Reason">The reason for the approver.</param>
/// <param name="IssuedBefore">Blocks tokens with an <c>iat</c> up to this time; for a subject or a kid only; now when absent.</param>
internal sealed record BlockRequest(string Kind, string Issuer, string Value, string Reason, DateTimeOffset? IssuedBefore = null);
