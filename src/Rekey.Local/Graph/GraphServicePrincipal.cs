namespace Rekey.Local.Graph;

/// <summary>A service principal.</summary>
/// <param name="Id">Object id.</param>
/// <param name="AppId">Of its application.</param>
public sealed record GraphServicePrincipal(string Id, string AppId)
{
    /// <summary>The resource of a managed identity, or the resource that has it.</summary>
    public string? ResourceId { get; init; }

    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Owners of the application, where that is another object.</summary>
    public IReadOnlyList<string> ApplicationOwners { get; init; } = [];
}
