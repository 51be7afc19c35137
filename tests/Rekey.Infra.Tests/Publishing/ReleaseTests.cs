using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Deploying;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>A release attaches the template, compiled by the CLI that the tests use, and the page with the Deploy button.</summary>
public sealed class ReleaseTests : IDisposable
{
    private const string Address = "https://raw.githubusercontent.com/contoso/rekey/published-v1.2.3";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-release-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_has_the_compiled_template_the_form_the_package_and_a_button_that_leads_to_them()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "rekey.zip"), "package", Cancel);
        var (exit, output) = await RunAsync(Address);
        Assert.True(exit == 0, output);
        var release = Path.Combine(_folder.FullName, "release");
        Assert.Equal(
            ["SHA256SUMS", "form.json", "main.json", "rekey.zip", "release.md"],
            Directory.GetFiles(release).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
        var template = JsonNode.Parse(await ReadAsync("main.json"))!;
        Assert.True(JsonNode.DeepEquals(await CompiledTemplate.ReadAsync(), template));
        var page = await ReadAsync("release.md");
        Assert.Contains(
            "/uri/https%3A%2F%2Fraw.githubusercontent.com%2Fcontoso%2Frekey%2Fpublished-v1.2.3%2Fmain.json/uiFormDefinitionUri/"
                + "https%3A%2F%2Fraw.githubusercontent.com%2Fcontoso%2Frekey%2Fpublished-v1.2.3%2Fform.json)",
            page,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("@TEMPLATE@", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@FORM@", page, StringComparison.Ordinal);
        Assert.DoesNotContain("REKEY-PUBLIC-ADDRESS", await ReadAsync("form.json"), StringComparison.Ordinal);
        foreach (var line in (await ReadAsync("SHA256SUMS")).TrimEnd().Split('\n'))
        {
            var (hash, file) = (line.Split("  ")[0], line.Split("  ")[1]);
            Assert.Equal(
                hash,
                Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(release, file), Cancel)))
            );
        }

        Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(release, file), Cancel);
    }

    [Theory]
    [InlineData("http://example.com/rekey")]
    [InlineData("https://example.com/rekey?x=|y")]
    [InlineData("https://example.com/")]
    public async Task An_address_that_the_portal_could_not_fetch_from_is_refused(string address)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "rekey.zip"), "package", Cancel);
        Assert.Equal(1, (await RunAsync(address)).Exit);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "release")));
    }

    [Fact]
    public async Task Without_a_package_there_is_no_release() => Assert.Equal(1, (await RunAsync(Address)).Exit);

    /// <summary>The page leads to what the workflow publishes, and the release has the files of the page.</summary>
    [Fact]
    public void The_workflow_publishes_what_the_button_leads_to()
    {
        var workflow = Workflows.Read(".github/workflows/release.yml");
        Assert.Equal(
            "https://raw.githubusercontent.com/${{ github.repository }}/published-${{ github.ref_name }}",
            Workflows.Text(workflow, "jobs", "release", "env", "ADDRESS")
        );
        var runs = Workflows.Steps.Where(s => s.File.EndsWith("release.yml", StringComparison.Ordinal)).Select(s => s.Run).ToList();
        Assert.Contains("infra/release.sh \"$ADDRESS\"", runs);
        Assert.Single(runs, r => r.Contains("HEAD:refs/tags/published-$GITHUB_REF_NAME", StringComparison.Ordinal));
        Assert.Single(runs, r => r.Contains("main.json form.json rekey.zip SHA256SUMS", StringComparison.Ordinal));
    }

    private async Task<(int Exit, string Output)> RunAsync(string address)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Bicep.Infra, "release.sh"), address])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        (start.Environment["BICEP"], start.Environment["REKEY_PACKAGE_FOLDER"]) = (Bicep.Command, _folder.FullName);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await output + await error);
    }
}
