using System.Text.Json;

namespace Rekey.Functions.Tests;

/// <summary>The custom handler's functions: its function.json files.</summary>
public static class HandlerFunctions
{
    public static IReadOnlyList<DeclaredFunction> Read(string repository) =>
        [.. Directory.GetFiles(Path.Combine(repository, "src", "Rekey.Functions"), "function.json", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(repository, f).Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj"))
            .Select(f => Parse(Path.GetFileName(Path.GetDirectoryName(f)!), File.ReadAllText(f)))];

    public static DeclaredFunction Parse(string name, string json)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject().Where(m => m.Name != "bindings"))
        {
            facts[member.Name] = Text(member.Value);
        }

        foreach (var binding in document.RootElement.GetProperty("bindings").EnumerateArray())
        {
            var type = binding.GetProperty("type").GetString()!;
            var isTrigger = type.EndsWith("Trigger", StringComparison.Ordinal);
            facts[isTrigger ? "trigger" : $"binding {type}"] = isTrigger ? type : binding.GetProperty("direction").GetString()!;
            foreach (var member in binding.EnumerateObject().Where(m => m.Name is not ("type" or "direction" or "name")))
            {
                facts[isTrigger ? member.Name : $"binding {type} {member.Name}"] = Text(member.Value);
            }
        }

        facts["calls"] = facts["trigger"] == "httpTrigger" ? "HttpPipeline" : $"Invocations.{name}";
        return new(name, facts);
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(Text).Order(StringComparer.Ordinal)),
        _ => value.GetRawText(),
    };
}
