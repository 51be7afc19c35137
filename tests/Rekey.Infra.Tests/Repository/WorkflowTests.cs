using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

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

    [GeneratedRegex(@"^\s*(-\s+)?[\x22']?uses[\x22']?\s*:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex(
        @"uses: (?<action>[A-Za-z0-9._/-]+)@(?<commit>[0-9a-f]{40}) # v[0-9]+\.[0-9]+\.[0-9]+$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Pinned();
}
