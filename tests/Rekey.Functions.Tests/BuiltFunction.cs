using System.Text.Json;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests;

/// <summary>A function as functions.metadata, which is deployed, has it.</summary>
public sealed record BuiltFunction(string Name, string EntryPoint, JsonElement Trigger)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<BuiltFunction> All { get; } = [.. Read()];

    public string TriggerType => Trigger.GetProperty("type").GetString()!;

    public bool IsHttp => TriggerType == "httpTrigger";

    public string Route => Trigger.GetProperty("route").GetString()!;

    public HttpMethod Method => new(Trigger.GetProperty("methods").EnumerateArray().Single().GetString()!.ToUpperInvariant());

    private static IEnumerable<BuiltFunction> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(FunctionApp.BuiltFolder, "functions.metadata")));
        foreach (var function in file.RootElement.EnumerateArray())
        {
            var trigger = function.GetProperty("bindings").EnumerateArray()
                .Single(b => b.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
            yield return new(function.GetProperty("name").GetString()!, function.GetProperty("entryPoint").GetString()!, trigger.Clone());
        }
    }
}
