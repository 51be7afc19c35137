namespace Rekey.Trust.Vaults;

/// <summary>What a list item says of a key: the attributes of its newest version.</summary>
/// <param name="Updated">When these were changed last, in whole seconds of the vault's clock.</param>
public sealed record KeyProperties(string Name, DateTimeOffset Updated);
