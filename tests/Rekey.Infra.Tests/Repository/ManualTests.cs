using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Infra.Tests.Publishing;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

/// <summary>What the manuals tell people to write is something that is read: a wrong recipe breaks logins.</summary>
public sealed partial class ManualTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recipe_names_parameters_that_there_are()
    {
        var manual = await ReadAsync("infra/README.md");
        var recipes = manual[
            manual.IndexOf("## Moving an existing vault over", StringComparison.Ordinal)..manual.IndexOf(
                "## What no test shows",
                StringComparison.Ordinal
            )
        ];
        var named = Code()
            .Matches(recipes)
            .Select(m => m.Groups["text"].Value)
            .Where(text => Parameter().IsMatch(text))
            .Select(text => text.Split(' ')[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.Contains("keyName", named);

        var (exit, output) = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "main.bicep"), "--stdout");
        Assert.True(exit == 0, output);
        var template = JsonNode.Parse(output)!.AsObject();
        var issuer = template["definitions"]!.AsObject().Single(d => d.Key.EndsWith("issuerPlan", StringComparison.Ordinal)).Value!;
        string[] known =
        [
            .. Names(template["parameters"]!),
            .. Names(issuer["properties"]!),
            .. template["parameters"]!
                .AsObject()
                .SelectMany(p =>
                    Names(CompiledTemplate.Resolved(template, p.Value!)["properties"] ?? new JsonObject()).Select(m => $"{p.Key}.{m}")
                ),
        ];
        Assert.All(named, name => Assert.Contains(name, known));

        static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(n => n.Key);
    }

    [Fact]
    public async Task A_setting_that_is_named_is_read()
    {
        var named = Setting()
            .Matches(await ReadAsync("infra/README.md"))
            .Select(m => m.Groups["path"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.True(named.Count > 3, "the settings were not found");
        Assert.All(named, name => Assert.Contains(name, Settings.Known));
    }

    [Fact]
    public async Task A_command_that_is_named_can_be_run()
    {
        var sources = Directory
            .EnumerateFiles(Path.Combine(Bicep.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Bicep.Repository, f))
            .Where(f => !f.Split('/').Any(part => part is "bin" or "obj"))
            .ToList();
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach (var command in sources.Where(f => f.StartsWith("src/Rekey.Cli/Commands/", StringComparison.Ordinal)))
        {
            there.UnionWith(CommandName().Matches(await ReadAsync(command)).Select(m => m.Groups["name"].Value));
        }

        Assert.Superset(new HashSet<string>(["access", "sweep"], StringComparer.Ordinal), there);
        var pages = Directory
            .EnumerateFiles(Path.Combine(Bicep.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Bicep.Repository, f));
        foreach (var file in sources.Concat(["README.md", "infra/README.md", "SECURITY.md", .. pages]))
        {
            Assert.All(Command().Matches(await ReadAsync(file)).Select(m => m.Groups["name"].Value), name => Assert.Contains(name, there));
        }
    }

    [GeneratedRegex("`(?<text>[^`\\n]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    /// <summary>In camel case, alone or with the value that it is given.</summary>
    [GeneratedRegex(
        "^([a-z]+[A-Z][A-Za-z]*|[a-z]+\\.[a-z]+[A-Z][A-Za-z]*|modes\\.[A-Za-z]+)( = .+)?$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Parameter();

    [GeneratedRegex("`Rekey:(?<path>[A-Za-z:]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex("(`|<c>)rekey (?<name>[a-z][a-z-]*)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Command();

    [GeneratedRegex("(Name|Group) = \"(?<name>[a-z-]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CommandName();

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Bicep.Repository, file), Cancel);
}
