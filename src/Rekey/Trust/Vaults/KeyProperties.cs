namespace Rekey.Trust.Vaults;

/// <summary>A key's properties from a list: the attributes of its newest version.</summary>
/// <param name="Updated">Their last change, in whole seconds of the vault's clock.</param>
public sealed record KeyProperties(string Name, DateTimeOffset Updated);
