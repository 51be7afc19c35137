namespace Rekey.DuckDb.Paths;

/// <summary>A file or folder that was not read.</summary>
/// <param name="Path">Its path, as it was found.</param>
/// <param name="Reason">In plain words, to follow "because".</param>
public sealed record PassedOver(string Path, string Reason)
{
    /// <summary>Whether it is a folder that cannot be listed: what lies in it is unknown.</summary>
    public bool IsClosedFolder { get; init; }
}
