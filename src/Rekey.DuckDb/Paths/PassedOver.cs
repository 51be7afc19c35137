namespace Rekey.DuckDb.Paths;

/// <summary>A file or folder that was not read.</summary>
/// <param name="Path">Its path, as it was found.</param>
/// <param name="Reason">In plain words, to follow "because".</param>
public sealed record PassedOver(string Path, string Reason);
