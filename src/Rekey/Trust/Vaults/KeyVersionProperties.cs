namespace Rekey.Trust.Vaults;

/// <summary>What a list item says of a version.</summary>
public sealed record KeyVersionProperties(string Version, bool Enabled, DateTimeOffset Created);
