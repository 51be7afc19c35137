namespace Rekey.Functions.Trust.Views;

/// <summary>What a gateway asks with (RFC 7662 §2.1), as a form.</summary>
/// <param name="Token">The token. Anything else in the form is not looked at.</param>
internal sealed record IntrospectionForm(string Token);
