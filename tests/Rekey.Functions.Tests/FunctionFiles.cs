using System.Reflection;
using System.Text.Json;

namespace Rekey.Functions.Tests;

/// <summary>A function.json, as far as routes go.</summary>
public sealed record FunctionFile(string Name, string Trigger, string Binding, string? Route, IReadOnlyList<string> Methods, string? AuthLevel, int Bindings)
{
    public bool IsHttp => Trigger == "httpTrigger";

    /// <summary>Every function of the app, from the files in the source tree.</summary>
    public static IReadOnlyList<FunctionFile> All { get; } = [.. Read()];

    private static IEnumerable<FunctionFile> Read()
    {
        var repository = typeof(FunctionFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;
        foreach (var folder in Directory.GetDirectories(Path.Combine(repository, "src", "Rekey.Functions")))
        {
            var file = Path.Combine(folder, "function.json");
            if (File.Exists(file))
            {
                using var json = JsonDocument.Parse(File.ReadAllText(file));
                var bindings = json.RootElement.GetProperty("bindings");
                var trigger = bindings.EnumerateArray().Single(b => b.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
                yield return new(Path.GetFileName(folder), trigger.GetProperty("type").GetString()!, trigger.GetProperty("name").GetString()!,
                    trigger.TryGetProperty("route", out var route) ? route.GetString() : null,
                    trigger.TryGetProperty("methods", out var methods) ? [.. methods.EnumerateArray().Select(m => m.GetString()!)] : [],
                    trigger.TryGetProperty("authLevel", out var level) ? level.GetString() : null, bindings.GetArrayLength());
            }
        }
    }
}
