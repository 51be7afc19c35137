namespace Rekey.Infra.Tests.Deploying;

/// <summary>Every call that a script makes fails in every way in which the Azure CLI fails. The script ends there: an error is never taken
/// for an answer, and nothing is written behind it.</summary>
public sealed class ScriptFailureTests : IDisposable
{
    /// <summary>The CLI's own words, with its exit codes.</summary>
    private static readonly Dictionary<string, string> Errors = new(StringComparer.Ordinal)
    {
        ["not signed in"] = "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
        ["another subscription"] = "echo \"ERROR: (SubscriptionNotFound) The subscription was not found.\" >&2; exit 1",
        ["throttled"] = "echo \"ERROR: (TooManyRequests) The request was throttled.\" >&2; exit 1",
        ["forbidden"] = "echo \"ERROR: (AuthorizationFailed) The client does not have authorization.\" >&2; exit 1",
        ["not found"] = "echo \"ERROR: (ResourceNotFound) The resource was not found.\" >&2; exit 3",
        ["half an answer"] = "printf '['; echo 'ERROR: Connection reset.' >&2; exit 1",
    };

    /// <summary>No errors, and no answers either. Only a call whose answer is read can tell.</summary>
    private static readonly Dictionary<string, string> NoAnswers = new(StringComparer.Ordinal)
    {
        ["nothing"] = "exit 0",
        ["garbage"] = "echo '<html>proxy</html>'; exit 0",
        ["null"] = "echo null; exit 0",
        ["a warning"] = "echo 'WARNING: a new version is available'; exit 0",
    };

    private readonly ScriptBench _bench = new();

    public static TheoryData<int> Scripts => [.. Enumerable.Range(0, AzureScript.All.Count)];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_failure_of_any_call_ends_the_script_there(int number)
    {
        var script = AzureScript.All[number];
        var whole = await RunAsync(script, "", 0);
        Assert.True(whole.Exit == 0 && whole.Asked.Count > 0, $"{script.Script}: {whole.Error}");
        Assert.All(script.Reads, read => Assert.Contains(whole.Asked, a => a.Contains(read, StringComparison.Ordinal)));
        Assert.All(whole.Asked, a => Assert.Contains($"--subscription {AzureScript.Subscription}", a, StringComparison.Ordinal));
        var cases = new List<(int At, string Kind, string Does)>();
        for (var at = 1; at <= whole.Asked.Count; at++)
        {
            var isRead = script.Reads.Any(r => whole.Asked[at - 1].Contains(r, StringComparison.Ordinal));
            cases.AddRange((isRead ? Errors.Concat(NoAnswers) : Errors).Select(f => (at, f.Key, f.Value)));
        }

        var ends = await Task.WhenAll(cases.Select(async c => (Case: c, End: await RunAsync(script, c.Does, c.At))));
        Assert.All(ends, e =>
        {
            var what = $"{script.Script}, call {e.Case.At}, {e.Case.Kind}: {e.End.Output}{e.End.Error}";
            Assert.True(e.End.Exit != 0, what);
            Assert.True(e.End.Asked.Count == e.Case.At, what);
            Assert.DoesNotContain("Completed", e.End.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(e.End.Output.Split('\n'), l => l is "true" or "false" || l.Contains('=', StringComparison.Ordinal));
            Assert.True(e.End.Error.Length > 0, what);
        });
    }

    [Fact]
    public async Task A_publication_that_fails_is_tried_again_and_ends_in_an_error_when_it_keeps_failing()
    {
        await File.WriteAllTextAsync(Path.Combine(_bench.Folder, "rekey.zip"), "zip", TestContext.Current.CancellationToken);
        var publish = new AzureScript("publish.sh", [], "exit 0", []);
        Assert.Equal((0, 1), await EndAsync(publish));
        Assert.Equal((0, 2), await EndAsync(publish, Errors["forbidden"], 1));
        Assert.Equal((1, 3), await EndAsync(publish with { Does = Errors["forbidden"] }));
        File.Delete(Path.Combine(_bench.Folder, "rekey.zip"));
        Assert.Equal((1, 0), await EndAsync(publish));
    }

    [Fact]
    public async Task A_script_that_is_not_given_what_it_needs_asks_nothing()
    {
        foreach (var script in AzureScript.All)
        {
            foreach (
                var name in (string[])["AZURE_SUBSCRIPTION_ID", "REKEY_DEPLOYER_ID", "REKEY_BREAK_GLASS_GROUP_ID", "REKEY_DECLARATION"]
            )
            {
                var environment = AzureScript.Environment.Where(e => e.Key != name).ToDictionary(StringComparer.Ordinal);
                var isNeeded = (
                    await File.ReadAllTextAsync(Path.Combine(Templates.Bicep.Infra, script.Script), TestContext.Current.CancellationToken)
                ).Contains($"{{{name}:?", StringComparison.Ordinal);
                var end = await _bench.RunAsync(script.Script, "az", script.Does, environment, script.Arguments);
                Assert.True(!isNeeded || (end.Exit != 0 && end.Asked.Count == 0), $"{script.Script} without {name}: {end.Error}");
                Assert.True(isNeeded || name != "AZURE_SUBSCRIPTION_ID", $"{script.Script} takes the CLI's own subscription.");
            }
        }
    }

    private async Task<(int Exit, int Calls)> EndAsync(AzureScript script, string failure = "", int at = 0)
    {
        var end = await RunAsync(script, failure, at);
        Assert.All(end.Asked, a => Assert.Contains($"--subscription {AzureScript.Subscription}", a, StringComparison.Ordinal));
        return (end.Exit, end.Asked.Count);
    }

    private Task<ScriptResult> RunAsync(AzureScript script, string failure, int at)
    {
        var environment = AzureScript.Environment.Append(new("REKEY_PACKAGE_FOLDER", _bench.Folder)).ToDictionary(StringComparer.Ordinal);
        return _bench.RunAsync(script.Script, "az", script.Does, environment, script.Arguments, failure, at);
    }
}
