using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Local.FunctionsHost.Configuration.Triggers;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>Reads a worker's function metadata into definitions, sorted by name.</summary>
internal static partial class FunctionMetadataReader
{
    /// <exception cref="FunctionsHostConfigurationException">With every mistake.</exception>
    public static IReadOnlyList<FunctionDefinition> Read(IReadOnlyList<RpcFunctionMetadata> described, AppSettings settings)
    {
        var mistakes = new List<string>();
        var read = new List<FunctionDefinition>();
        foreach (var metadata in described)
        {
            if (ReadOne(metadata, settings, mistakes) is { } function)
            {
                read.Add(function);
            }
        }

        if (described.Count == 0)
        {
            mistakes.Add("The worker has no functions.");
        }

        foreach (
            var twins in described.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
        )
        {
            mistakes.Add($"The functions {string.Join(" and ", twins.Select(twin => twin.Name))} have one name.");
        }

        return mistakes.Count == 0
            ? [.. read.OrderBy(function => function.Name, StringComparer.Ordinal)]
            : throw new FunctionsHostConfigurationException(mistakes);
    }

    private static FunctionDefinition? ReadOne(RpcFunctionMetadata metadata, AppSettings settings, List<string> mistakes)
    {
        var before = mistakes.Count;
        var name = metadata.Name;
        if (!FunctionName().IsMatch(name))
        {
            mistakes.Add($"{name}: is no function name (a letter, then letters, digits, _ and -).");
        }

        if (metadata.RetryOptions is not null)
        {
            mistakes.Add($"{name}: has a retry policy, which this host does not know; queues have theirs in host.json.");
        }

        var bindings = metadata
            .RawBindings.Select((text, index) => Parse(text, $"{name}, binding {index}", mistakes))
            .OfType<JsonMembers>()
            .ToList();
        var triggers = bindings.Where(binding => Type(binding).EndsWith("Trigger", StringComparison.OrdinalIgnoreCase)).ToList();
        if (triggers.Count != 1)
        {
            mistakes.Add($"{name}: there must be exactly one trigger, not {triggers.Count}.");
        }

        foreach (var other in bindings.Except(triggers).Where(binding => !Type(binding).Equals("http", StringComparison.OrdinalIgnoreCase)))
        {
            other.Mistake($"of the bindings beside the trigger this host knows only http, not '{Type(other)}'");
        }

        var reader = new TriggerReader(settings, name);
        var trigger = triggers.Select(reader.Read).ToList().FirstOrDefault();
        return mistakes.Count == before && trigger is not null
            ? new FunctionDefinition(name, trigger, settings.IsTrue($"AzureWebJobs.{name}.Disabled")) { Metadata = metadata }
            : null;
    }

    private static JsonMembers? Parse(string text, string where, List<string> mistakes)
    {
        try
        {
            if (JsonNode.Parse(text, new JsonNodeOptions { PropertyNameCaseInsensitive = true }) is JsonObject json)
            {
                return new JsonMembers(json, where, mistakes);
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }

        mistakes.Add($"{where}: is not a JSON object.");
        return null;
    }

    private static string Type(JsonMembers binding) =>
        binding.Json.TryGetPropertyValue("type", out var type) && type is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : "";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$", RegexOptions.None, 1000)]
    private static partial Regex FunctionName();
}
