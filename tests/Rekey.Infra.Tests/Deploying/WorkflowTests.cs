using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>The workflows that build and deploy: what runs in them cannot be exchanged under the same name.</summary>
public sealed partial class WorkflowTests
{
    [Fact]
    public async Task Every_action_is_pinned_by_its_commit_and_says_which_release_that_is()
    {
        var used = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Bicep.Repository, ".github"), "*.y*ml", SearchOption.AllDirectories))
        {
            used.AddRange(
                (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
                    .Where(line => Uses().IsMatch(line))
                    .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}")
            );
        }

        Assert.True(used.Count >= 10, "the workflows were not found");
        Assert.All(used, line => Assert.Matches(Pinned(), line));

        // One action is one commit everywhere.
        Assert.All(
            used.Select(line => Pinned().Match(line)).GroupBy(m => m.Groups["action"].Value, StringComparer.OrdinalIgnoreCase),
            action => Assert.Single(action.Select(m => m.Groups["commit"].Value).Distinct(StringComparer.Ordinal))
        );
    }

    [Fact]
    public async Task Packages_are_audited_in_the_workflow_and_updated_wherever_there_is_a_lock_file()
    {
        var cancel = TestContext.Current.CancellationToken;
        var workflow = await File.ReadAllTextAsync(Path.Combine(Bicep.Repository, ".github", "workflows", "ci.yml"), cancel);
        Assert.Contains("-p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low", workflow, StringComparison.Ordinal);

        var updates = await File.ReadAllTextAsync(Path.Combine(Bicep.Repository, ".github", "dependabot.yml"), cancel);
        foreach (var kind in new[] { "nuget", "dotnet-sdk", "github-actions", "npm" })
        {
            Assert.Contains($"package-ecosystem: {kind}\n", updates, StringComparison.Ordinal);
        }

        var folders = Directory
            .EnumerateFiles(Bicep.Repository, "package-lock.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Bicep.Repository, Path.GetDirectoryName(f)!).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(part => part is "node_modules" or "bin" or "obj" or "artifacts"))
            .ToList();
        Assert.NotEmpty(folders);
        Assert.All(folders, f => Assert.Contains($"- /{f}\n", updates, StringComparison.Ordinal));
    }

    /// <summary>An advisory that the audit passes over is an exception for a reason and for a time.</summary>
    [Fact]
    public void Every_exception_of_the_audit_says_why_and_until_when()
    {
        var exceptions = XDocument.Load(Path.Combine(Bicep.Repository, "build", "AuditExceptions.props"));
        foreach (var exception in exceptions.Descendants("NuGetAuditSuppress"))
        {
            Assert.StartsWith("https://github.com/advisories/GHSA-", exception.Attribute("Include")?.Value, StringComparison.Ordinal);
            Assert.True(exception.Attribute("Reason")?.Value.Length >= 20, $"{exception} needs a reason.");
            Assert.True(
                DateOnly.TryParseExact(exception.Attribute("Until")?.Value, "yyyy-MM-dd", out var until)
                    && until >= DateOnly.FromDateTime(DateTime.UtcNow),
                $"{exception} needs a day on which to look again, and that day has not come."
            );
        }
    }

    [GeneratedRegex(@"^\s*(-\s+)?[\x22']?uses[\x22']?\s*:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex(
        @"uses: (?<action>[A-Za-z0-9._/-]+)@(?<commit>[0-9a-f]{40}) # v[0-9]+\.[0-9]+\.[0-9]+$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Pinned();
}
