using System.CommandLine;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Replay;
using Spectre.Console;

var exit = new Option<bool>("--exit") { Description = "End after the story: 0 if every expectation held, 1 with what did not." };
var port = new Option<int>("--port") { Description = "Port of the Functions host; 0 takes a free one." };
var app = new Option<string?>("--app")
{
    Description = "A published function app to run instead of the one built along with this program.",
};
var root = new RootCommand(
    "Replays the breach on this machine: a company with three signing keys, an engineer who leaves with one of "
        + "them, and Rekey. Needs .NET 10 and Node 20; fetches Azurite on first use."
)
{
    exit,
    port,
    app,
};

root.SetAction(
    (arguments, cancellationToken) =>
        ReplayCommand.RunAsync(
            arguments.GetValue(exit),
            arguments.GetValue(port),
            arguments.GetValue(app),
            AnsiConsole.Console,
            cancellationToken
        )
);
var folder = new Argument<string>("folder")
{
    Description =
        "The published app: a folder with host.json, worker.config.json and the worker. "
        + "The Values of its local.settings.json are settings too; the environment wins.",
};
var hostPort = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 7071 };
var host = new Command(
    "host",
    "Hosts a function app (.NET isolated worker) as a Functions host does, with this process's environment as app settings. "
        + "Ends on SIGTERM or Ctrl+C within 10 s and some seconds for the worker; ends by itself, with 0, after the worker's third crash "
        + "or about 30 s without storage. When this process is killed its worker lives on, as the real host's does."
)
{
    folder,
    hostPort,
};
host.SetAction(
    (arguments, cancellationToken) =>
        HostCommand.RunAsync(arguments.GetValue(folder)!, arguments.GetValue(hostPort), Console.Out, Console.Error, cancellationToken)
);
root.Subcommands.Add(host);
try
{
    // Ctrl+C: what was started is ended in turn, and that takes longer than the two seconds after which this process would leave it behind.
    return await root.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
}
catch (Exception e) when (e is Rekey.Local.Processes.ToolMissingException or Rekey.Local.Azurite.AzuriteException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
