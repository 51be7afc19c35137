using System.CommandLine;
using Rekey.Local.Replay;
using Spectre.Console;

var exit = new Option<bool>("--exit") { Description = "End after the story: 0 if every expectation held, 1 with what did not." };
var port = new Option<int>("--port") { Description = "Port of the Functions host; 0 takes a free one." };
var app = new Option<string?>("--app") { Description = "A published function app to run instead of the one built along with this program." };
var root = new RootCommand("Replays the breach on this machine: a company with three signing keys, an engineer who leaves with one of them, and Rekey. Needs .NET 10 and Node 20; fetches Azurite on first use.")
{
    exit, port, app,
};

root.SetAction((arguments, cancel) => ReplayCommand.RunAsync(arguments.GetValue(exit), arguments.GetValue(port), arguments.GetValue(app), AnsiConsole.Console, cancel));
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
