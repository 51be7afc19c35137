namespace Rekey.Infra.Tests;

/// <summary>Every template as it is committed: without a word from the linter, as the formatter writes it, and as its snapshot says.</summary>
public sealed class TemplateTests
{
    public static TheoryData<string> Templates => [.. Files("*.bicep")];

    public static TheoryData<string> Parameters => [.. Files("*.bicepparam")];

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task A_template_builds_and_the_linter_has_nothing_to_say(string file)
    {
        var (exit, output) = await Bicep.RunAsync("lint", Path.Combine(Bicep.Infra, file));
        Assert.Equal("", output);
        Assert.Equal(0, exit);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    [MemberData(nameof(Parameters))]
    public async Task A_file_is_written_as_the_formatter_writes_it(string file)
    {
        var path = Path.Combine(Bicep.Infra, file);
        var (exit, formatted) = await Bicep.RunAsync("format", path, "--stdout");
        Assert.Equal(0, exit);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), formatted);
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_parameter_file_makes_what_its_snapshot_says(string file)
    {
        var (exit, output) = await Bicep.SnapshotAsync(Path.Combine(Bicep.Infra, file), "validate");
        Assert.True(exit == 0, $"{output}\nIf that is meant: bicep snapshot infra/{file} --mode overwrite, with the ids of {nameof(Bicep)}.cs; then read what has changed.");
    }

    [Theory]
    [InlineData("param unused string\n", "no-unused-params")]
    [InlineData("output key string = 'x'\nparam secret string = newGuid()\n", "no-unused-params")]
    [InlineData("var address = 'https://vault.azure.net'\noutput a string = address\n", "no-hardcoded-env-urls")]
    [InlineData("param anything object\noutput a string = string(anything)\n", "use-user-defined-types")]
    public async Task The_linter_refuses_what_the_configuration_says(string text, string rule)
    {
        using var copy = new InfraCopy();
        await copy.AddAsync("types.bicep", text);
        var (exit, output) = await copy.LintAsync("types.bicep");
        Assert.NotEqual(0, exit);
        Assert.Contains($"Error {rule}", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Bicep.Infra, pattern, SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Bicep.Infra, f)).Order(StringComparer.Ordinal);
}
