namespace Rekey.Local.Graph;

/// <summary>A group: who is in it, nested groups among them, and who owns it.</summary>
/// <param name="Id">Object id.</param>
public sealed record GraphGroup(string Id)
{
    public IReadOnlyList<string> Members { get; init; } = [];

    public IReadOnlyList<string> Owners { get; init; } = [];
}
