using System.Text;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>01: how a worker is started and its functions loaded.</summary>
public sealed class StartTests(AzuriteFixture azurite)
{
    private static readonly Recording Recorded = Recording.Read("01-start-and-load");

    [Fact]
    public async Task A_worker_is_started_as_it_was()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, settings: new() { ["AN_APP_SETTING"] = "set" });
        var process = Recorded.Lines.Single(line => line.Direction == "process").Data!;
        var pid = run.Host.WorkerPid!.Value;

        var arguments = Entries(pid, "cmdline");
        Assert.EndsWith("/dotnet", arguments[0], StringComparison.Ordinal);
        var folder = Path.GetDirectoryName(arguments[1])!;
        Assert.Equal(process["argv"]!.AsArray().Skip(2).Select(item => (string)item!), Named(arguments).Skip(2));
        Assert.Equal(folder, new FileInfo($"/proc/{pid}/cwd").ResolveLinkTarget(returnFinalTarget: true)!.FullName);

        var environment = Entries(pid, "environ").Select(entry => entry.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.All(process["env_set_or_changed_by_host"]!.AsObject(), pair =>
            Assert.Equal(((string)pair.Value!).Replace("{app}", folder, StringComparison.Ordinal), environment[pair.Key])
        );
        Assert.Equal("set", environment["AN_APP_SETTING"]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        string[] unset = ["AZURE_FUNCTIONS_ENVIRONMENT", "FUNCTIONS_WORKER_RUNTIME"];
        Assert.All(unset, name => Assert.Equal(Environment.GetEnvironmentVariable(name), environment.GetValueOrDefault(name)));
    }

    [Fact]
    public async Task Messages_come_in_the_order_in_which_they_came()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        string[] kinds = ["StartStream", "WorkerInitRequest", "WorkerInitResponse", "FunctionsMetadataRequest", "FunctionMetadataResponse"];
        Assert.Equal(
            Recorded.Lines.Select(line => line.Type).Where(kinds.Contains),
            run.Trace.Lines.Select(line => line.Type).Where(kinds.Contains)
        );
        var loads = run.Trace.Of("FunctionLoadRequest");
        Assert.Equal(
            Recorded.Lines.Where(line => line.Type == "FunctionLoadRequest").Select(line => Loaded(line.Data!)),
            loads.Select(line => Loaded(line.Data!)).Where(function => !function.Contains("FailPoison", StringComparison.Ordinal))
        );
        Assert.Equal(loads.Count, run.Trace.Of("FunctionLoadResponse").Count);
        var recorded = Recorded.Lines.Single(line => line.Type == "WorkerInitRequest").Data!.ToJsonString();
        var root = Path.GetDirectoryName(Entries(run.Host.WorkerPid!.Value, "cmdline")[1])!;
        Assert.Equal(
            recorded,
            run.Trace.Of("WorkerInitRequest").Single().Data!.ToJsonString().Replace(root, "{app}", StringComparison.Ordinal)
        );
        var described = (string)
            Recorded.Lines.Single(line => line.Type == "FunctionsMetadataRequest").Data!["functions_metadata_request"]![
                "function_app_directory"
            ]!;
        Assert.Equal(
            described.Replace("{app}", root, StringComparison.Ordinal),
            (string)run.Trace.Of("FunctionsMetadataRequest").Single().Data!["functions_metadata_request"]!["function_app_directory"]!
        );
        Assert.Equal(loads.Count, run.Host.Functions.Count);
    }

    // The app's own names differ from those of the app that was recorded.
    private static string Loaded(System.Text.Json.Nodes.JsonNode data)
    {
        var request = data.DeepClone()["function_load_request"]!;
        var id = (string)request["function_id"]!;
        Assert.Equal(id, (string?)request["metadata"]!["properties"]!["FunctionId"]);
        request["metadata"]!["properties"]!["FunctionId"] = "(id)";
        request["metadata"]!["script_file"] = "(ours)";
        request["metadata"]!["entry_point"] = "(ours)";
        return string.Join(
            ' ',
            request["metadata"]!
                .AsObject()
                .OrderBy(member => member.Key, StringComparer.Ordinal)
                .Select(member => member.Key + Flat(member.Value!))
        );
    }

    private static string Flat(System.Text.Json.Nodes.JsonNode node) =>
        node is System.Text.Json.Nodes.JsonObject members
            ? "{"
                + string.Join(
                    ',',
                    members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => member.Key + Flat(member.Value!))
                )
                + "}"
            : node.ToJsonString();

    private static string[] Entries(int pid, string file) =>
        File.ReadAllText($"/proc/{pid}/{file}", Encoding.UTF8).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    // Ids and ports by the names that the recording gives them.
    private static IEnumerable<string> Named(string[] arguments)
    {
        var port = arguments[Array.IndexOf(arguments, "--port") + 1];
        var worker = arguments[Array.IndexOf(arguments, "--workerId") + 1];
        var request = arguments[Array.IndexOf(arguments, "--requestId") + 1];
        return arguments.Select(argument =>
            argument == worker ? "{worker-id-1}"
            : argument == request ? "{start-request-id-1}"
            : argument.Replace(port, "{host-grpc-port}", StringComparison.Ordinal)
        );
    }
}
