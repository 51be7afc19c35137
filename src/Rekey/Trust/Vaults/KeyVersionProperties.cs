namespace Rekey.Trust.Vaults;

/// <summary>A version's properties from a list.</summary>
public sealed record KeyVersionProperties(string Version, bool Enabled, DateTimeOffset Created);
