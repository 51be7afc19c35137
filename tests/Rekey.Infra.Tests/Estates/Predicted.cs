using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests.Estates;

/// <summary>One resource that a deployment would make.</summary>
/// <param name="Id">Its ARM id.</param>
/// <param name="Body">Everything that the snapshot says of it, evaluated.</param>
internal sealed record Predicted(string Id, string Type, JsonNode Body)
{
    public string Name => Id.Split('/')[^1];

    /// <summary>What an extension stands on, such as the vault of a role assignment: without the provider and what comes after
    /// it.</summary>
    public string On => Id[..Id.LastIndexOf("/providers/", StringComparison.Ordinal)];

    /// <summary>A value by its path, such as <c>properties.sku.name</c>; null when it is not there.</summary>
    public JsonNode? this[string path] =>
        path.Split('.').Aggregate((JsonNode?)Body, (node, member) => node is JsonObject all ? all[member] : null);

    public string? Text(string path) =>
        this[path] switch
        {
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            null => null,
            var other => other.ToJsonString(),
        };

    public IEnumerable<string> Texts(string path) => this[path] is JsonArray all ? all.Select(one => one!.GetValue<string>()) : [];
}
