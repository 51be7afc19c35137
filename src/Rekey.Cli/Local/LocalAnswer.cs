namespace Rekey.Cli.Local;

/// <summary>The local world's answer to a command of <c>rekey local</c>.</summary>
/// <param name="Text">What happened and what to expect, or why nothing happened.</param>
/// <param name="Token">The forged token, after a forgery.</param>
/// <param name="Remedy">What to do, after a failure.</param>
internal sealed record LocalAnswer(string Text, string? Token = null, string? Remedy = null);
