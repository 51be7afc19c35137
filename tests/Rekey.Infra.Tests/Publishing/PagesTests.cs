using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Repository;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>The pages about costs and about what was never run leave nothing out.</summary>
public sealed partial class PagesTests
{
    /// <summary>What the review of the template marked as a suspicion, and what nobody could run, by its mark in the page.</summary>
    private static readonly string[] Suspicions =
    [
        "A1",
        "A2",
        "A3",
        "A8",
        "A9",
        "A10 instances",
        "A10 partner topic",
        "A10 first publication",
        "A11",
        "B1",
        "B2",
        "B3 partner topic",
        "B3 actions",
        "B4",
        "B6",
        "B7",
        "B8",
        "B11 groups",
        "B11 setting",
        "B11 what-if",
        "B11 runtime",
        "B11 break glass",
        "PIM mails",
        "SCM",
        "Zones",
        "Deployer",
        "Gateway streams",
        "Names",
        "Doctor",
        "PSRule",
        "Portal",
        "Terraform",
        "Costs",
    ];

    [Fact]
    public void Every_suspicion_says_how_to_check_it()
    {
        var rows = Rows("docs/never-run-on-azure.md").Where(r => r.Length == 4 && r[0] is not ("mark" or "---")).ToList();
        Assert.Equal(Suspicions, rows.Select(r => r[0]));
        Assert.All(rows, r => Assert.All(r, cell => Assert.True(cell.Length > 1, r[0])));
    }

    /// <summary>List prices are from a day, and nobody has paid them: each amount says that it is not confirmed, or is in a table that
    /// does.</summary>
    [Fact]
    public void Costs_are_given_for_each_size_with_their_day_and_as_not_confirmed()
    {
        var page = Pages.Read("docs/costs.md");
        Assert.Matches(AsOf(), page);
        Assert.All((string[])["observe", "standard", "full"], size => Assert.Contains($"`{size}`", page, StringComparison.Ordinal));
        foreach (var section in page.Split("\n## ").Skip(1).Where(s => s.Contains("USD", StringComparison.Ordinal)))
        {
            Assert.Contains("not confirmed", section, StringComparison.Ordinal);
        }

        // To the cent only what a list says for one piece: sums are rounded.
        Assert.All(Rows("docs/costs.md").Where(r => r[0].StartsWith("**", StringComparison.Ordinal)), sum =>
            Assert.DoesNotContain(sum, cell => Cents().IsMatch(cell))
        );
    }

    /// <summary>What is paid by the piece is counted in the snapshots of the files that the page names.</summary>
    [Theory]
    [InlineData("infra/variants/dev-observe.snapshot.json", 2)]
    [InlineData("infra/variants/dev-standard.snapshot.json", 3)]
    [InlineData("infra/prod.snapshot.json", 4)]
    public void Endpoints_and_keys_are_as_many_as_the_template_makes(string snapshot, int column)
    {
        var types = JsonNode.Parse(File.ReadAllText(Path.Combine(Bicep.Repository, snapshot)))!["predictedResources"]!
            .AsArray()
            .Select(r => r!["type"]!.GetValue<string>())
            .ToList();
        foreach (
            var (row, type) in ((string, string)[])
                [("private endpoints", "Microsoft.Network/privateEndpoints"), ("keys in an HSM", "Microsoft.KeyVault/vaults/keys")]
        )
        {
            var cell = Assert.Single(Rows("docs/costs.md"), r => r[0].StartsWith(row, StringComparison.Ordinal))[column];
            Assert.Equal(
                types.Count(t => string.Equals(t, type, StringComparison.OrdinalIgnoreCase)),
                int.Parse(cell.Split(':')[0], CultureInfo.InvariantCulture)
            );
        }
    }

    private static IEnumerable<string[]> Rows(string page) =>
        Pages
            .Prose(page)
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal))
            .Select(l => l.Trim('|', ' ').Split(" | ", StringSplitOptions.TrimEntries));

    [GeneratedRegex(@"20\d\d-\d\d-\d\d", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex AsOf();

    [GeneratedRegex(@"\d\.\d", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Cents();
}
