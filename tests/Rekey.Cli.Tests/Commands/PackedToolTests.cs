using System.IO.Compression;
using System.Runtime.InteropServices;
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
        var ofTheBuild = new Dictionary<string, string>
        {
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
        };
        // Packing takes the packages that the build has fetched. A home of its own would fetch all of them once more.
        var environment = new Dictionary<string, string>(ofTheBuild) { ["DOTNET_CLI_HOME"] = folder["home"] };
        Directory.CreateDirectory(folder["home"]);
        var build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        (
            await Tool.RunAsync(
                "dotnet",
                ofTheBuild,
                "pack",
                Path.Combine(Root(), "src", "Rekey.Cli"),
                "-c",
                build,
                "-o",
                folder["package"],
                "--nologo",
                $"-p:ToolPackageRuntimeIdentifiers={RuntimeInformation.RuntimeIdentifier}",
                "-p:BuildProjectReferences=false",
                "-p:RunAnalyzers=false"
            )
        ).Ended(0);
        await HoldPackagesAsync(folder);
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

    /// <summary>One package names those of the systems, and that of this system has its engine alone; both say what they are.</summary>
    private static async Task HoldPackagesAsync(TemporaryFolder folder)
    {
        var system = RuntimeInformation.RuntimeIdentifier;
        var packages = Directory.GetFiles(folder["package"], "*.nupkg").Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(2, packages.Count);
        Assert.StartsWith($"Rekey.Cli.{system}.", packages[1], StringComparison.Ordinal);
        foreach (var package in packages)
        {
            using var zip = await ZipFile.OpenReadAsync(folder["package", package!], TestContext.Current.CancellationToken);
            var names = zip.Entries.Select(e => e.FullName).ToList();
            Assert.Contains("README.md", names);
            Assert.Contains("icon.png", names);
            using var nuspec = new StreamReader(
                await zip.Entries.Single(e => e.Name.EndsWith(".nuspec", StringComparison.Ordinal)).OpenAsync()
            );
            var text = await nuspec.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Contains("<license type=\"expression\">MIT</license>", text, StringComparison.Ordinal);
            Assert.Contains("<icon>icon.png</icon>", text, StringComparison.Ordinal);
            Assert.Contains("<readme>README.md</readme>", text, StringComparison.Ordinal);

            // The engine is in one file for one system, and the package that names the others has none.
            var engines = names.Where(n => Path.GetFileNameWithoutExtension(n) is "libduckdb" or "duckdb").ToList();
            Assert.Equal(package == packages[1] ? 1 : 0, engines.Count);
        }

        // 114 MB when it had the engines of all systems.
        Assert.InRange(new FileInfo(folder["package", packages[1]!]).Length, 1, 50_000_000);
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
