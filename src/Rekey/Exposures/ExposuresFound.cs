namespace Rekey.Exposures;

/// <summary>The exposed keys, and what could not be read.</summary>
public sealed record ExposuresFound(IReadOnlyList<Exposure> Exposures, IReadOnlyList<UnreadSource> Unread);
