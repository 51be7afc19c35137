namespace Rekey.VaultAccess.Reading;

/// <summary>Something that could not be read, and why.</summary>
/// <param name="What">The scope, group or resource.</param>
public sealed record Unseen(ReadingPart Part, string What, string Why);
