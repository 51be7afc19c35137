using System.Reflection;
using System.Text.Json.Nodes;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests;

/// <summary>The custom handler and the isolated worker are one app: the same functions for the same triggers, and the same host settings.</summary>
public sealed class TwoHeadsTests
{
    private static readonly string Repository = typeof(TwoHeadsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    private static readonly IReadOnlyList<DeclaredFunction> Handler = HandlerFunctions.Read(Repository);

    [Fact]
    public void Both_heads_declare_the_same_functions()
    {
        var isolated = IsolatedFunctions.Parse(IsolatedFunctions.Source(Repository).Values);
        Assert.Equal(FunctionFile.All.Count, Handler.Count);
        Assert.All(["httpTrigger", "queueTrigger", "timerTrigger", "eventGridTrigger"], trigger => Assert.Contains(isolated, f => f.Facts["trigger"] == trigger));
        Assert.Empty(DeclaredFunction.Differences(Handler, isolated));
    }

    /// <summary>Each alteration of the isolated worker's source, and how it is told.</summary>
    [Theory]
    [InlineData("TimerTrigger(\"0 7 * * * *\")", "TimerTrigger(\"0 8 * * * *\")", "VerifyLedger: schedule is 0 7 * * * * in the custom handler, 0 8 * * * * in the isolated worker")]
    [InlineData("TimerTrigger(\"*/30 * * * * *\", UseMonitor = false)", "TimerTrigger(\"*/30 * * * * *\")", "ContinueRotations: useMonitor is false in the custom handler, true in the isolated worker")]
    [InlineData("TimerTrigger(\"15 * * * * *\")", "TimerTrigger(\"15 * * * * *\", RunOnStartup = true)", "PublishTrust: runOnStartup is false in the custom handler, true in the isolated worker")]
    [InlineData("QueueTrigger(\"rotations\", Connection = \"RekeyState\")", "QueueTrigger(\"rotation\", Connection = \"RekeyState\")", "RotateKey: queueName is rotations in the custom handler, rotation in the isolated worker")]
    [InlineData("QueueTrigger(\"sweeps\", Connection = \"RekeyState\")", "QueueTrigger(\"sweeps\")", "SweepNow: connection is RekeyState in the custom handler, nothing in the isolated worker")]
    [InlineData("QueueTrigger(\"departures\", ", "BlobTrigger(Path = \"departures\", ", "AssessExposure: trigger is queueTrigger in the custom handler, blobTrigger in the isolated worker")]
    [InlineData("[EventGridTrigger]", "[EventGridTrigger(IsBatched = true)]", "UserChanged: cardinality is one in the custom handler, many in the isolated worker")]
    [InlineData("Route = \"healthz\"", "Route = \"health\"", "Healthz: route is healthz in the custom handler, health in the isolated worker")]
    [InlineData("AuthorizationLevel.Anonymous, \"post\", Route = \"introspect\"", "AuthorizationLevel.Function, \"post\", Route = \"introspect\"", "Introspect: authLevel is anonymous in the custom handler, function in the isolated worker")]
    [InlineData("AuthorizationLevel.Anonymous, \"get\", Route = \"trust-list\"", "\"get\", Route = \"trust-list\"", "TrustList: authLevel is anonymous in the custom handler, function in the isolated worker")]
    [InlineData("\"get\", \"post\", \"delete\", Route", "\"get\", \"post\", Route", "Blocks: methods is delete get post in the custom handler, get post in the isolated worker")]
    [InlineData("[Function(nameof(SendEvents))]", "[Function(\"SendEvent\")]", "SendEvents: 1 times in the custom handler, 0 times in the isolated worker")]
    [InlineData("[Function(nameof(SendEvents))]", "[Function(\"SendEvent\")]", "SendEvent: 0 times in the custom handler, 1 times in the isolated worker")]
    [InlineData("[Function(nameof(SendEvents))]", "[Function(nameof(SweepTokens))]", "SweepTokens: 1 times in the custom handler, 2 times in the isolated worker")]
    [InlineData("[Function(nameof(SweepTokens))]", "[Function(nameof(SweepTokens))]\n    [FixedDelayRetry(5, \"00:00:10\")]", "SweepTokens: attribute FixedDelayRetry is nothing in the custom handler, FixedDelayRetry(5, \"00:00:10\") in the isolated worker")]
    [InlineData("runner.RunAsync(Invocations.VerifyLedger, ", "runner.RunAsync(Invocations.SweepTokens, ", "VerifyLedger: calls is Invocations.VerifyLedger in the custom handler, Invocations.SweepTokens in the isolated worker")]
    [InlineData("runner.RunAsync(Invocations.RotateKey, message, cancel)", "runner.RunAsync(Invocations.RotateKey, message, default)", "RotateKey: calls is Invocations.RotateKey in the custom handler, runner.RunAsync(Invocations.RotateKey, message, default) in the isolated worker")]
    public void A_difference_between_the_heads_is_named(string text, string altered, string difference)
    {
        var source = IsolatedFunctions.Source(Repository).Values.ToList();
        Assert.Equal(2, string.Concat(source).Split(text).Length);
        var isolated = IsolatedFunctions.Parse(source.Select(s => s.Replace(text, altered, StringComparison.Ordinal)));
        Assert.Contains(difference, DeclaredFunction.Differences(Handler, isolated));
    }

    [Fact]
    public void What_only_the_custom_handler_declares_is_named()
    {
        var source = IsolatedFunctions.Source(Repository).Values;
        var more = HandlerFunctions.Parse("RotateKey", """
            { "retry": { "strategy": "fixedDelay" }, "bindings": [
              { "type": "queueTrigger", "direction": "in", "name": "message", "queueName": "rotations", "connection": "RekeyState" },
              { "type": "queue", "direction": "out", "name": "next", "queueName": "more", "connection": "RekeyState" } ] }
            """);
        var differences = DeclaredFunction.Differences([.. Handler.Where(f => f.Name != more.Name), more], IsolatedFunctions.Parse(source)).ToList();
        Assert.Contains("RotateKey: retry is { \"strategy\": \"fixedDelay\" } in the custom handler, nothing in the isolated worker", differences);
        Assert.Contains("RotateKey: binding queue queueName is more in the custom handler, nothing in the isolated worker", differences);
    }

    [Fact]
    public void An_argument_that_is_not_written_out_is_refused() =>
        Assert.Throws<NotSupportedException>(() => IsolatedFunctions.Parse(["class C { [Function(\"F\")] Task F([TimerTrigger(Schedules.Often)] string timer) => runner.RunAsync(Invocations.F, timer, cancel); }"]));

    [Fact]
    public void What_an_invocation_is_called_and_bound_to_is_what_the_host_says()
    {
        var fields = typeof(Invocations).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (f.Name, Value: (Invocation)f.GetValue(null)!)).ToList();
        Assert.All(fields, f => Assert.Equal(f.Name, f.Value.Function));
        Assert.Equal(fields.Select(f => f.Value).ToHashSet(), Invocations.All.ToHashSet());
        Assert.Equal(FunctionFile.All.Where(f => !f.IsHttp).Select(f => $"{f.Name} {f.Binding}").Order(StringComparer.Ordinal), Invocations.All.Select(i => $"{i.Function} {i.Binding}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Both_heads_have_the_same_host_settings()
    {
        var (handler, isolated) = (await HostAsync("host.json"), await HostAsync("src/Rekey.Functions.Isolated/host.json"));
        Assert.True(handler.Remove("customHandler"));
        Assert.Empty(Differences(handler, isolated, ""));

        // And a difference would be named.
        isolated["extensions"]!["queues"]!["maxDequeueCount"] = 3;
        isolated["customHandler"] = new JsonObject();
        Assert.Equal(["customHandler", "extensions.queues.maxDequeueCount"], Differences(handler, isolated, "").Order(StringComparer.Ordinal));
    }

    private static async Task<JsonObject> HostAsync(string file) => JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository, file), TestContext.Current.CancellationToken))!.AsObject();

    private static IEnumerable<string> Differences(JsonObject one, JsonObject other, string under)
    {
        foreach (var name in one.Concat(other).Select(m => m.Key).Distinct(StringComparer.Ordinal))
        {
            if (one[name] is JsonObject left && other[name] is JsonObject right)
            {
                foreach (var difference in Differences(left, right, $"{under}{name}."))
                {
                    yield return difference;
                }
            }
            else if (!JsonNode.DeepEquals(one[name], other[name]))
            {
                yield return $"{under}{name}";
            }
        }
    }
}
