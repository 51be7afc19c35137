using System.Text.Json.Nodes;

namespace Rekey.Local.Graph;

/// <summary>Groups and service principals of the directory.</summary>
internal sealed class LocalPrincipals(LocalDirectory users)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphGroup> _groups = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, GraphServicePrincipal> _principals = new(StringComparer.OrdinalIgnoreCase);

    public void Set(GraphGroup group)
    {
        lock (_gate)
        {
            _groups[group.Id] = group;
        }
    }

    public void Set(GraphServicePrincipal principal)
    {
        lock (_gate)
        {
            _principals[principal.Id] = principal;
        }
    }

    public GraphGroup? FindGroup(string id)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(id);
        }
    }

    public GraphServicePrincipal? FindServicePrincipal(string id)
    {
        lock (_gate)
        {
            return _principals.GetValueOrDefault(id);
        }
    }

    public GraphServicePrincipal? FindByApp(string appId)
    {
        lock (_gate)
        {
            return _principals.Values.FirstOrDefault(p =>
                p.ResourceId is null && p.AppId.Equals(appId, StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    /// <summary>Lists each member of a group once, including nested groups.</summary>
    public IReadOnlyList<string> TransitiveMembers(GraphGroup group)
    {
        var found = new List<string>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { group.Id };
        var queue = new Queue<string>(group.Members);
        while (queue.TryDequeue(out var id))
        {
            if (seen.Add(id))
            {
                found.Add(id);
                foreach (var inner in FindGroup(id)?.Members ?? [])
                {
                    queue.Enqueue(inner);
                }
            }
        }

        return found;
    }

    /// <summary>Gives a principal as a directory object; null when the directory does not have it.</summary>
    public JsonObject? Object(string id, string select) =>
        (FindGroup(id), FindServicePrincipal(id), users.Find(id)) switch
        {
            ({ } group, _, _) => Item("group", GraphMembers.Of(group), select),
            (_, { } principal, _) => Item("servicePrincipal", GraphMembers.Of(principal), select),
            (_, _, { } user) => Item("user", GraphMembers.Of(user), select),
            _ => null,
        };

    private static JsonObject Item(string type, JsonObject members, string select) =>
        GraphMembers.Selected(members, select, ("@odata.type", $"#microsoft.graph.{type}"));
}
