using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests.Templates;

/// <summary>Every template as it is committed: without a word from the linter, as the formatter writes it, and as its snapshot
/// says.</summary>
public sealed class TemplateTests
{
    /// <summary>Rules that the linter has and that are off here.</summary>
    private static readonly Dictionary<string, string> Off = new(StringComparer.Ordinal)
    {
        ["use-description-outputs"] = Named,
        ["use-description-type-properties"] = Named,
        ["use-description-types"] = Named,
        ["use-description-vars"] = Named,
        ["use-recent-api-versions"] = "It goes by the day on which it runs: what is committed would turn red without a change.",
    };

    private const string Named = "A description says what the name does not, and is not there where it would repeat it.";

    public static TheoryData<string> Parameters => [.. Files(".bicepparam")];

    [Fact]
    public async Task Templates_build_and_the_linter_has_nothing_to_say()
    {
        var (exit, output) = await Bicep.RunAsync("lint", "--pattern", Path.Combine(Bicep.Infra, "**", "*.bicep"));
        Assert.Equal("", output);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task The_linter_refuses_what_the_configuration_says()
    {
        using var copy = new InfraCopy();
        await File.AppendAllTextAsync(
            Path.Combine(copy.Folder, "types.bicep"),
            """

            param unused string
            param anything object
            var hidden = 1
            var address = 'https://vault.azure.net'
            output a string = concat(address, string(anything))

            """,
            TestContext.Current.CancellationToken
        );
        var (exit, output) = await Bicep.RunAsync("lint", "--pattern", Path.Combine(copy.Folder, "**", "*.bicep"));
        Assert.NotEqual(0, exit);
        Assert.All(
            ["no-unused-params", "no-unused-vars", "use-user-defined-types", "no-hardcoded-env-urls", "prefer-interpolation"],
            rule => Assert.Contains($"Error {rule}", output, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Every_rule_that_the_linter_has_is_an_error_or_off_for_a_reason()
    {
        var known = LinterRules.Of(Bicep.Command);
        Assert.True(known.Count > 50 && known.Contains("no-unused-vars", StringComparer.Ordinal), "the rules were not found");
        var configured = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Bicep.Infra, "bicepconfig.json"), TestContext.Current.CancellationToken)
        )!["analyzers"]!["core"]!["rules"]!.AsObject();
        Assert.Equal(
            known.Select(rule => $"{rule}: {(Off.ContainsKey(rule) ? "off" : "error")}"),
            configured.Select(rule => $"{rule.Key}: {rule.Value!["level"]}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Files_are_written_as_the_formatter_writes_them()
    {
        using var copy = new InfraCopy();
        foreach (var ending in new[] { "bicep", "bicepparam" })
        {
            var (exit, output) = await Bicep.RunAsync("format", "--pattern", Path.Combine(copy.Folder, "**", $"*.{ending}"));
            Assert.True(exit == 0, output);
        }

        var files = Files(".bicep", ".bicepparam").ToList();
        Assert.True(files.Count > 20, "the templates were not found");
        foreach (var file in files)
        {
            Assert.Equal(await ReadAsync(copy.Folder, file), await ReadAsync(Bicep.Infra, file));
        }

        static Task<string> ReadAsync(string folder, string file) =>
            File.ReadAllTextAsync(Path.Combine(folder, file), TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_parameter_file_makes_what_its_snapshot_says(string file)
    {
        var (exit, output) = await Bicep.SnapshotAsync(Path.Combine(Bicep.Infra, file), "validate");
        Assert.True(
            exit == 0,
            $"{output}\nIf that is meant: bicep snapshot infra/{file} --mode overwrite, with the ids of {nameof(Bicep)}.cs; "
                + "then read what has changed."
        );
    }

    private static IEnumerable<string> Files(params string[] endings) =>
        Directory
            .EnumerateFiles(Bicep.Infra, "*", SearchOption.AllDirectories)
            // main.bicepparam is azd's own copy of the environment's, and not committed.
            .Where(f => endings.Contains(Path.GetExtension(f), StringComparer.Ordinal) && Path.GetFileName(f) != "main.bicepparam")
            .Select(f => Path.GetRelativePath(Bicep.Infra, f))
            .Order(StringComparer.Ordinal);
}
