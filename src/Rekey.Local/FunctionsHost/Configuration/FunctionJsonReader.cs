using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>All function.json files of an app folder.</summary>
internal static partial class FunctionJsonReader
{
    public static IReadOnlyList<FunctionDefinition> Read(string appRoot, AppSettings settings, List<string> mistakes)
    {
        var read = new List<FunctionDefinition>();
        foreach (var file in Directory.EnumerateDirectories(appRoot).Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "function.json")).Where(File.Exists))
        {
            if (ReadOne(file, settings, mistakes) is { } function)
            {
                read.Add(function);
            }
        }

        if (read.Count == 0 && mistakes.Count == 0)
        {
            mistakes.Add("The app folder holds no */function.json.");
        }

        foreach (var twins in read.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            mistakes.Add($"The functions {string.Join(" and ", twins.Select(twin => twin.Name))} differ in case only.");
        }

        return read;
    }

    private static FunctionDefinition? ReadOne(string path, AppSettings settings, List<string> mistakes)
    {
        var before = mistakes.Count;
        var name = Path.GetFileName(Path.GetDirectoryName(path))!;
        if (JsonMembers.ReadFile(path, $"{name}/function.json", mistakes) is not { } json)
        {
            return null;
        }

        if (!FunctionName().IsMatch(name))
        {
            json.Mistake("the folder's name is no function name (a letter, then letters, digits, _ and -)");
        }

        var bindings = Bindings(json, name, mistakes);
        var triggers = bindings.Where(IsTrigger).ToList();
        if (triggers.Count != 1)
        {
            json.Mistake($"there must be exactly one trigger, not {triggers.Count}");
        }

        foreach (var twins in bindings.Select(binding => binding.Text("name") ?? "").GroupBy(text => text, StringComparer.OrdinalIgnoreCase).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            json.Mistake($"two bindings are named {twins.Key}");
        }

        var reader = new BindingReader(settings, name);
        var trigger = triggers.Select(reader.Trigger).ToList().FirstOrDefault();
        var outputs = bindings.Where(binding => !IsTrigger(binding)).Select(reader.Output).ToList();
        var retry = RetryReader.Read(json, trigger);
        var disabled = json.Flag("disabled", otherwise: false) || settings.IsTrue($"AzureWebJobs.{name}.Disabled");
        return mistakes.Count == before && trigger is not null
            ? new FunctionDefinition(name, trigger, [.. outputs.OfType<OutputDefinition>()], retry, disabled)
            : null;
    }

    private static List<JsonMembers> Bindings(JsonMembers json, string name, List<string> mistakes)
    {
        if (!json.Json.TryGetPropertyValue("bindings", out var node) || node is not JsonArray { Count: > 0 } array)
        {
            json.Mistake("bindings must be a list of at least one binding");
            return [];
        }

        if (array.Any(item => item is not JsonObject))
        {
            json.Mistake("every binding must be an object");
        }

        return [.. array.OfType<JsonObject>().Select((binding, index) => new JsonMembers(binding, $"{name}/function.json, bindings[{index}]", mistakes))];
    }

    private static bool IsTrigger(JsonMembers binding) =>
        binding.Json.TryGetPropertyValue("type", out var type) && type is JsonValue value && value.TryGetValue<string>(out var text)
        && text.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$", RegexOptions.None, 1000)]
    private static partial Regex FunctionName();
}
