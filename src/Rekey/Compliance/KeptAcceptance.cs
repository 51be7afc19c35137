namespace Rekey.Compliance;

/// <summary>A stored acceptance, as anybody who can write to the store may have written it.</summary>
/// <param name="Decision">The id of the decision, from its name.</param>
/// <param name="Document">The signed document; empty when it is too long.</param>
public sealed record KeptAcceptance(string Decision, ReadOnlyMemory<byte> Document);
