using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Tests.Architecture;

/// <summary>The list of tests/mutations fits the code and docs/threats.md. The script itself takes long and is run by hand.</summary>
public sealed class MutationListTests
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    private static readonly MutationList List = JsonSerializer.Deserialize<MutationList>(
        File.ReadAllText(Path.Combine(SourceFiles.Root, "tests/mutations/mutations.json")),
        Strict
    )!;

    /// <summary>The rules of docs/threats.md, each with the cell that names its tests.</summary>
    private static readonly IReadOnlyDictionary<string, string> Rules = File.ReadLines(Path.Combine(SourceFiles.Root, "docs/threats.md"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells is ["", ['T', >= '0' and <= '9', ..], .., ""])
        .ToDictionary(cells => cells[1], cells => cells[^2], StringComparer.Ordinal);

    public static TheoryData<string> Named => [.. List.Mutations.Select(m => $"{m.Rule} {m.What}")];

    [Theory]
    [MemberData(nameof(Named))]
    public void A_mutation_still_applies_and_its_tests_exist(string named)
    {
        var mutation = List.Mutations.Single(m => $"{m.Rule} {m.What}" == named);
        var text = File.ReadAllText(Path.Combine(SourceFiles.Root, mutation.File));
        Assert.Equal(2, text.Split(mutation.Old).Length);
        Assert.NotEqual(mutation.Old, mutation.New);
        Assert.NotEmpty(mutation.Classes);
        Assert.All(mutation.Classes, name =>
            Assert.Single(SourceFiles.All, f =>
                f.Path.StartsWith($"tests/{mutation.Project}/", StringComparison.Ordinal) && f.Types.Contains(name)
            )
        );
    }

    [Fact]
    public void Every_rule_has_a_mutation_or_is_not_built_yet()
    {
        Assert.InRange(Rules.Count, 36, 1000);
        var broken = List.Mutations.Select(m => m.Rule).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Rules.Keys.Order(StringComparer.Ordinal), broken.Union(List.NotCode.Keys).Order(StringComparer.Ordinal));
        Assert.Equal(
            Rules.Where(r => r.Value == "–").Select(r => r.Key).Order(StringComparer.Ordinal),
            List.NotCode.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Empty(broken.Intersect(List.NotCode.Keys));
        Assert.All(List.NotCode.Values, Assert.NotEmpty);
    }

    private sealed record MutationList(IReadOnlyDictionary<string, string> NotCode, IReadOnlyList<Mutation> Mutations);

    private sealed record Mutation(
        string Rule,
        string What,
        string File,
        string Old,
        string New,
        string Project,
        IReadOnlyList<string> Classes
    );
}
