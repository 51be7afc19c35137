namespace Rekey.Local.ResourceManager;

/// <summary>A parsed request: a resource and the operation on it.</summary>
/// <param name="Scope">The resource id before the last provider.</param>
/// <param name="Kind">Such as <c>roleAssignments</c>, <c>vaults</c>, <c>vaults/keys</c>.</param>
/// <param name="Name">Of one item; null for a list.</param>
internal sealed record ArmCall(string Method, string Path, string Scope, string Kind, string? Name)
{
    /// <summary>The parent of an item two steps below its resource, such as the key of a version.</summary>
    public string? Parent { get; init; }

    /// <summary>The action that it takes ("Azure resource provider operations").</summary>
    public required string Action { get; init; }

    /// <summary>The fault name: method and kind, such as <c>GET roleAssignments</c>.</summary>
    public string Operation => $"{Method} {Kind}";

    /// <summary>Parses a request; null when the stand-in has no such resource.</summary>
    public static ArmCall? Of(string method, string path)
    {
        var verb = method switch
        {
            "GET" => "read",
            "PUT" => "write",
            "DELETE" => "delete",
            _ => "action",
        };
        var at = path.LastIndexOf("/providers/", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var scope = at == 0 ? ArmEstate.Root : path[..at];
        var parts = path[(at + "/providers/".Length)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [var provider, var type, .. var rest] when Is(provider, "Microsoft.Authorization") || Is(provider, "Microsoft.Insights") =>
                rest.Length <= 1 ? new(method, path, scope, type, rest.FirstOrDefault()) { Action = $"{provider}/{type}/{verb}" } : null,
            [var provider, "resources"] when Is(provider, "Microsoft.ResourceGraph") && method == "POST" => new(
                method,
                path,
                "",
                "resources",
                Name: null
            )
            {
                Action = "Microsoft.ResourceGraph/resources/read",
            },
            // A list of a resource group.
            [var provider, var type] when Is(provider, "Microsoft.EventGrid") => new(method, path, scope, type, Name: null)
            {
                Action = $"{provider}/{type}/{verb}",
            },
            // A resource of its own: its id is the scope.
            [var provider, var type, var name] => new(method, path, path, type, name) { Action = $"{provider}/{type}/{verb}" },
            [var provider, var type, var name, var child, .. var rest] when rest.Length <= 1 => new(
                method,
                path,
                $"{scope}/providers/{provider}/{type}/{name}",
                $"{type}/{child}",
                rest.FirstOrDefault()
            )
            {
                Action = $"{provider}/{type}/{child}/{verb}",
            },
            [var provider, var type, var name, var child, var parent, var grandchild, .. var rest] when rest.Length <= 1 => new(
                method,
                path,
                $"{scope}/providers/{provider}/{type}/{name}",
                $"{type}/{child}/{grandchild}",
                rest.FirstOrDefault()
            )
            {
                Action = $"{provider}/{type}/{child}/{grandchild}/{verb}",
                Parent = parent,
            },
            _ => null,
        };
    }

    private static bool Is(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
