using System.Xml.Linq;
using ArchUnitNET.Loader;
using Rekey.Configuration;

namespace Rekey.Tests.Architecture;

/// <summary>The dependency rules of the house.</summary>
public sealed class HouseTests
{
    /// <summary>Which folder of Rekey uses which others: exactly the arrows that exist, so that a new one is a decision.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Blocking"] = ["Core", "Decisions", "Findings", "Ledgers", "Stopping", "Trust"],
        ["Checks"] = ["Departures", "Findings", "VaultAccess"],
        ["Compliance"] = ["Core", "Decisions", "Findings", "Ledgers", "Trust"],
        ["Configuration"] =
        [
            "Blocking",
            "Decisions",
            "Departures",
            "Detections",
            "Exposures",
            "Ledgers",
            "Notifications",
            "Rotations",
            "Trust",
            "VaultAccess",
        ],
        ["Core"] = [],
        ["Decisions"] = ["Core", "Findings", "Ledgers"],
        ["Departures"] = ["Core", "Decisions", "Findings", "Ledgers", "Messaging", "Rotations", "Stopping", "Trust", "VaultAccess"],
        ["Detections"] = ["Blocking", "Core", "Decisions", "Findings", "Ledgers", "Rotations", "Stopping", "Trust"],
        ["Exposures"] =
        [
            "Core",
            "Decisions",
            "Departures",
            "Detections",
            "Findings",
            "Ledgers",
            "Rotations",
            "Stopping",
            "Trust",
            "VaultAccess",
        ],
        ["Findings"] = ["Core", "Ledgers", "Messaging"],
        ["Ledgers"] = ["Core"],
        ["Messaging"] = ["Ledgers"],
        ["Notifications"] = ["Core", "Decisions", "Findings", "Ledgers", "Messaging", "Rotations", "Trust"],
        ["Rotations"] = ["Core", "Decisions", "Findings", "Ledgers", "Messaging", "Stopping", "Trust"],
        ["Stopping"] = ["Core", "Decisions", "Findings", "Ledgers"],
        ["Trust"] = ["Core", "Decisions", "Findings", "Ledgers"],
        ["VaultAccess"] = ["Core", "Decisions", "Findings", "Ledgers", "Stopping", "Trust"],
        ["Watchdogs"] = ["Core", "Decisions", "Departures", "Findings", "Ledgers", "Rotations", "Trust"],
    };

    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(typeof(RekeyOptions).Assembly).Build();

    [Fact]
    public void The_folders_of_rekey_use_each_other_exactly_as_listed()
    {
        var real = House
            .Types.SelectMany(type => type.Dependencies.Select(d => (From: Folder(type.FullName), To: Folder(d.Target.FullName))))
            .Where(arrow => arrow is { From: not null, To: not null } && arrow.From != arrow.To)
            .Select(arrow => $"{arrow.From} -> {arrow.To}")
            .ToHashSet(StringComparer.Ordinal);
        var listed = Arrows.SelectMany(a => a.Value.Select(to => $"{a.Key} -> {to}")).ToHashSet(StringComparer.Ordinal);
        Assert.True(real.IsSubsetOf(listed), $"Not listed: {string.Join(", ", real.Except(listed))}");
        Assert.True(listed.IsSubsetOf(real), $"Listed and not used: {string.Join(", ", listed.Except(real))}");
    }

    [Fact]
    public void No_folder_of_rekey_is_part_of_a_circle()
    {
        var left = Arrows.ToDictionary(a => a.Key, a => a.Value.ToList(), StringComparer.Ordinal);
        while (left.FirstOrDefault(a => a.Value.All(to => !left.ContainsKey(to))).Key is { } bottom)
        {
            left.Remove(bottom);
        }

        Assert.Empty(left.Keys);
    }

    [Fact]
    public void The_root_namespace_has_no_types() =>
        Assert.DoesNotContain(typeof(RekeyOptions).Assembly.GetTypes(), type => type is { Namespace: "Rekey", IsNested: false });

    [Fact]
    public void The_domain_uses_no_azure_no_http_and_no_files()
    {
        var references = typeof(RekeyOptions).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        Assert.DoesNotContain(references, a =>
            a.StartsWith("Azure", StringComparison.Ordinal)
            || a.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || a == "System.Net.Http"
            || a.StartsWith("System.IO.FileSystem", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("Rekey")]
    [InlineData("Rekey.Azure", "Rekey")]
    [InlineData("Rekey.DuckDb", "Rekey")]
    [InlineData("Rekey.AspNetCore", "Rekey")]
    [InlineData("Rekey.Sidecar", "Rekey.AspNetCore")]
    [InlineData("Rekey.Functions", "Rekey", "Rekey.Azure", "Rekey.DuckDb")]
    [InlineData("Rekey.Cli", "Rekey", "Rekey.Azure", "Rekey.DuckDb")]
    [InlineData("Rekey.AspNetCore.Issuer", "Rekey.AspNetCore", "Rekey.Azure")]
    [InlineData("Rekey.Local", "Rekey", "Rekey.AspNetCore", "Rekey.AspNetCore.Issuer")]
    public void A_project_refers_only_to_those_that_it_may_see(string project, params string[] may)
    {
        var file = Path.Combine(SourceFiles.Root, "src", project, $"{project}.csproj");
        var linked = XDocument
            .Load(file)
            .Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Equal(may.Order(StringComparer.Ordinal), linked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        var assembly = typeof(RekeyOptions).Assembly;
        var documented = XDocument
            .Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member")
            .Select(m => (string)m.Attribute("name")!)
            .ToHashSet(StringComparer.Ordinal);
        var silent = assembly.GetExportedTypes().Where(t => !t.IsNested && !documented.Contains($"T:{t.FullName}")).Select(t => t.FullName);
        Assert.Empty(silent);
    }

    private static string? Folder(string fullName) =>
        fullName.Split('.') is ["Rekey", var folder, _, ..] && folder is not ("Azure" or "Functions") ? folder : null;
}
