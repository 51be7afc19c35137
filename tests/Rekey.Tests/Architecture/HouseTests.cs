using System.Xml.Linq;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Rekey.Tests.Architecture;

/// <summary>The dependency rules of the house.</summary>
public sealed class HouseTests
{
    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(typeof(RekeyOptions).Assembly).Build();

    public static TheoryData<string, string> Forbidden
    {
        get
        {
            // Who may see whom, by folder; everything else is forbidden.
            var sees = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["Trust"] = [],
                ["Findings"] = [],
                ["Decisions"] = ["Findings", "Ledgers"],
                ["Ledgers"] = [],
                ["Events"] = ["Findings", "Ledgers"],
                ["Publishing"] = ["Trust", "Findings"],
                ["Rotations"] = ["Publishing", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Blocking"] = ["Publishing", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Sweeps"] = ["Rotations", "Blocking", "Trust", "Findings", "Decisions", "Ledgers"],
                ["VaultAccess"] = ["Rotations", "Blocking", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Offboarding"] = ["Rotations", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Watchdogs"] = ["Offboarding", "Rotations", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Exposures"] = ["Offboarding", "VaultAccess", "Rotations", "Trust", "Findings", "Decisions", "Ledgers"],
                ["Compliance"] = ["Exposures", "VaultAccess", "Sweeps", "Blocking", "Offboarding", "Rotations", "Trust", "Findings", "Decisions", "Ledgers"],
            };
            var data = new TheoryData<string, string>();
            foreach (var (folder, allowed) in sees)
            {
                foreach (var other in sees.Keys.Where(o => o != folder && !allowed.Contains(o)))
                {
                    data.Add(folder, other);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_room_looks_only_where_it_may(string folder, string other) =>
        Types().That().ResideInNamespace($"Rekey.{folder}").Should().NotDependOnAny(Types().That().ResideInNamespace($"Rekey.{other}")).WithoutRequiringPositiveResults().Check(House);

    [Fact]
    public void What_rekey_knows_needs_no_azure_no_http_and_no_files()
    {
        var references = typeof(RekeyOptions).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        Assert.DoesNotContain(references, a => a.StartsWith("Azure", StringComparison.Ordinal) || a.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || a == "System.Net.Http" || a.StartsWith("System.IO.FileSystem", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Rekey")]
    [InlineData("Rekey.Azure", "Rekey")]
    [InlineData("Rekey.DuckDb", "Rekey")]
    [InlineData("Rekey.Functions", "Rekey", "Rekey.Azure", "Rekey.DuckDb")]
    [InlineData("Rekey.Cli", "Rekey", "Rekey.Azure", "Rekey.DuckDb")]
    [InlineData("Rekey.Local", "Rekey")]
    public void A_project_refers_only_to_those_that_it_may_see(string project, params string[] may)
    {
        var file = Path.Combine(Root(), "src", project, $"{project}.csproj");
        var linked = XDocument.Load(file).Descendants("ProjectReference").Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Equal(may.Order(StringComparer.Ordinal), linked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        var assembly = typeof(RekeyOptions).Assembly;
        var documented = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member").Select(m => (string)m.Attribute("name")!).ToHashSet(StringComparer.Ordinal);
        var silent = assembly.GetExportedTypes().Where(t => !t.IsNested && !documented.Contains($"T:{t.FullName}")).Select(t => t.FullName);
        Assert.Empty(silent);
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
