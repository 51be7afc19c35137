namespace Rekey.VaultAccess.Reading;

/// <summary>A part that could not be read, and the reason.</summary>
/// <param name="What">The scope, group or resource.</param>
public sealed record Unseen(ReadingPart Part, string What, string Why);
