using System.CommandLine;
using Rekey.Benchmarks;
using Spectre.Console;

if (args is [PlainKestrel.Command])
{
    return await PlainKestrel.ServeAsync();
}

var root = new RootCommand("Measures Rekey on this machine. Figures are ratios against a baseline of the same run wherever there is one.");
var app = new Option<string?>("--app") { Description = "A published function app to measure instead of the built one." };
var quick = new Option<bool>("--quick") { Description = "A few of each, to see that it runs: its figures say nothing." };
Add("departures", "50 departures in immediate mode: event accepted until the old kid is gone from the JWKS and refused by introspection.", Departures.RunAsync);
Add("throttle", "200 exposed keys against a throttled vault, beside the time that the throttle alone needs.", Throttle.RunAsync);
Add("startup", "Handler start to first answer, and its memory.", Startup.RunAsync);
Add("introspect", "Introspection of valid ES256 tokens over 32 connections, beside plain Kestrel and npm oidc-provider.", Introspection.RunAsync);
Add("blocklist", "The blocklist with a million tokens: bytes, time and memory of a delta and of the whole.", BlockedMillion.RunAsync);
return await root.Parse(args).InvokeAsync();

void Add(string name, string description, Func<Run, CancellationToken, Task<Table>> measure)
{
    var command = new Command(name, description) { app, quick };
    command.SetAction(async (arguments, cancel) =>
    {
        AnsiConsole.WriteLine($"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}, {DateTimeOffset.UtcNow:yyyy-MM-dd}");
        AnsiConsole.Write(await measure(new(arguments.GetValue(app), arguments.GetValue(quick)), cancel));
    });
    root.Subcommands.Add(command);
}
