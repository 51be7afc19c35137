using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>The tool as people get it: packed, installed from the package alone, run by its name.</summary>
public sealed class PackedToolTests
{
    [Fact]
    public async Task The_package_installs_without_any_registry_and_finds_exactly_the_truth_in_the_short_form_that_the_help_teaches()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_HOME"] = folder["home"],
        };
        Directory.CreateDirectory(folder["home"]);
        var build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        (
            await Tool.RunAsync(
                "dotnet",
                environment,
                "pack",
                Path.Combine(Root(), "src", "Rekey.Cli"),
                "--no-build",
                "-c",
                build,
                "-o",
                folder["package"],
                "--nologo"
            )
        ).Ended(0);
        folder.Write(
            "package/nuget.config",
            $"""<configuration><packageSources><clear /><add key="here" value="{folder["package"]}" /></packageSources></configuration>"""
        );
        (
            await Tool.RunAsync(
                "dotnet",
                environment,
                "tool",
                "install",
                "Rekey.Cli",
                "--tool-path",
                folder["tools"],
                "--configfile",
                folder["package", "nuget.config"]
            )
        ).Ended(0);

        var rekey = folder["tools", "rekey"];
        (await Tool.RunAsync(rekey, environment, "sample-logs", folder["try"], "--accesses", "1000", "--days", "20", "--quiet")).Ended(0);
        Assert.Contains(
            "rekey sweep --issued try/issued --access try/access\n",
            (await Tool.RunAsync(rekey, environment, "sample-logs", "--help")).Ended(0).Output.ReplaceLineEndings("\n"),
            StringComparison.Ordinal
        );
        string[] shortForm = ["sweep", "--issued", folder["try", "issued"], "--access", folder["try", "access"], "--quiet"];
        Assert.Contains("2,313 addresses", (await Tool.RunAsync(rekey, environment, shortForm)).Ended(2).Output, StringComparison.Ordinal);
        using var found = JsonDocument.Parse((await Tool.RunAsync(rekey, environment, [.. shortForm, "--output", "json"])).Ended(2).Output);
        using var truth = JsonDocument.Parse(
            await File.ReadAllTextAsync(folder["try", "truth.json"], TestContext.Current.CancellationToken)
        );
        SampleFixture.HoldsExactly(truth, found);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
