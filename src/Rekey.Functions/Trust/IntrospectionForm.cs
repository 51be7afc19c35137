namespace Rekey.Functions.Trust;

/// <summary>What a gateway asks with (RFC 7662 §2.1), as a form.</summary>
/// <param name="Token">The token. Anything else in the form is not looked at.</param>
public sealed record IntrospectionForm(string Token);
