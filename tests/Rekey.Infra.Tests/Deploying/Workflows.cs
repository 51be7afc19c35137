using Rekey.Infra.Tests.Repository;
using Rekey.Infra.Tests.Templates;
using YamlDotNet.RepresentationModel;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>The workflows and azd's file, as YAML.</summary>
internal static class Workflows
{
    /// <summary>Paths from the repository's root.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [.. Pages.Files("*.yml").Where(f => f.StartsWith(".github/workflows/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Everything that runs in a shell.</summary>
    public static IReadOnlyList<ShellStep> Steps { get; } = [.. Files.SelectMany(OfWorkflow), .. OfAzd(Read("azure.yaml"), "azure.yaml")];

    public static YamlMappingNode Read(string file)
    {
        using var text = File.OpenText(Path.Combine(Bicep.Repository, file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    /// <summary>The text at a path of names; empty where there is none.</summary>
    public static string Text(YamlNode node, params string[] path) => Node(node, path) is YamlScalarNode { Value: { } value } ? value : "";

    public static YamlNode? Node(YamlNode node, params string[] path) =>
        path.Aggregate((YamlNode?)node, (at, name) =>
            at is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null
        );

    /// <summary>The steps of each job, in their order.</summary>
    public static IEnumerable<(string Job, YamlMappingNode Step)> StepsOf(YamlMappingNode workflow) =>
        from job in ((YamlMappingNode)workflow["jobs"]).Children
        from step in (YamlSequenceNode)job.Value["steps"]
        select (((YamlScalarNode)job.Key).Value!, (YamlMappingNode)step);

    private static IEnumerable<ShellStep> OfWorkflow(string file)
    {
        var workflow = Read(file);
        var shell = Text(workflow, "defaults", "run", "shell");
        return StepsOf(workflow)
            .Where(s => Text(s.Step, "run").Length > 0)
            .Select(s => new ShellStep(
                file,
                Text(s.Step, "name"),
                Text(s.Step, "shell") is { Length: > 0 } own ? own : shell,
                Text(s.Step, "run")
            ));
    }

    /// <summary>Hooks stand at the top and at each service.</summary>
    private static IEnumerable<ShellStep> OfAzd(YamlMappingNode node, string file) =>
        node.Children.SelectMany(child =>
            (child.Key, child.Value) switch
            {
                (YamlScalarNode { Value: "hooks" }, YamlMappingNode hooks) => hooks.Children.Select(h => new ShellStep(
                    file,
                    ((YamlScalarNode)h.Key).Value!,
                    Text(h.Value, "shell"),
                    Text(h.Value, "run")
                )),
                (_, YamlMappingNode below) => OfAzd(below, file),
                _ => [],
            }
        );
}
