using System.Text.Json.Nodes;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>The command <c>rekey exposure</c>, against a server and against saved readings.</summary>
public sealed class ExposureCommandTests
{
    [Fact]
    public async Task It_asks_the_server_about_one_person_and_shows_each_reason()
    {
        await using var rekey = await StubRekey.StartAsync();
        var run = await rekey.RunAsync("exposure", ApiBodies.Person);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("used: the audit log has keysign", run.Output, StringComparison.Ordinal);
        Assert.Contains("1,204, held by 310", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 keys, 1 rotated at once", run.Output, StringComparison.Ordinal);
        Assert.Contains($"/exposure?user={ApiBodies.Person}", Assert.Single(rekey.Requests).Line, StringComparison.Ordinal);
    }

    /// <summary>What could not be seen is said, and is no success: the answer may be too small.</summary>
    [Fact]
    public async Task It_asks_about_everyone_and_names_what_was_not_seen()
    {
        await using var rekey = await StubRekey.StartAsync();
        var run = await rekey.RunAsync("exposure", "--everyone");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("41", run.Output, StringComparison.Ordinal);
        Assert.Contains("not seen, so more keys may be exposed: The workspace does not answer.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exposure")]
    [InlineData("exposure", "aaaaaaaa-1111-4222-8333-cccccccccccc", "--everyone")]
    public async Task It_needs_a_person_or_everyone(params string[] arguments)
    {
        await using var rekey = await StubRekey.StartAsync();
        var run = await rekey.RunAsync(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(rekey.Requests);
    }

    [Fact]
    public async Task A_saved_reading_answers_without_a_server()
    {
        using var folder = new TemporaryFolder();
        var export = folder["sample.json"];
        var saved = await Tool.RunAsync("access", "--sample", "--save", export);
        Assert.True(File.Exists(export), saved.Error);

        var everyone = await Tool.RunAsync("exposure", "--everyone", "--export", export, "--output", "json");
        var key = JsonNode.Parse(everyone.Output)!["keys"]![0]!;
        Assert.True(key["people"]!.GetValue<int>() > 0, everyone.Output);
        var person = key["who"]![0]!.ToString().Split(':')[0];

        var one = await Tool.RunAsync("exposure", person, "--export", export, "--output", "json");
        var row = JsonNode.Parse(one.Output)!["keys"]![0]!;
        Assert.NotEmpty(row["reasons"]!.AsArray());
        Assert.Equal("Immediate", row["plan"]!.ToString());

        var other = await Tool.RunAsync("exposure", Guid.NewGuid().ToString(), "--export", export);
        Assert.Contains("could have used or taken no key", other.Output, StringComparison.Ordinal);
    }
}
