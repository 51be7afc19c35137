namespace Rekey.Functions.Trust.Views;

/// <summary>The form of an introspection request (RFC 7662 §2.1).</summary>
/// <param name="Token">The token. Rekey ignores other fields.</param>
internal sealed record IntrospectionForm(string Token);
