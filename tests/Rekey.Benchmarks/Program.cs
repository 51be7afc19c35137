using System.CommandLine;
using System.CommandLine.Parsing;
using Rekey.Benchmarks;
using Rekey.Benchmarks.Apps;
using Rekey.Benchmarks.Gateways;
using Rekey.Benchmarks.Logs;
using Rekey.Benchmarks.Measuring;
using Rekey.Benchmarks.Peers;
using Spectre.Console;

if (args is [PlainKestrel.Command])
{
    return await PlainKestrel.ServeAsync();
}

if (args is [BareDuckDb.Command, var memory, var spill, var sql])
{
    return BareDuckDb.Execute(memory, spill, sql);
}

var root = new RootCommand("Measures Rekey on this machine. Figures are ratios against a baseline of the same run wherever there is one.");
var app = new Option<string?>("--app") { Description = "A published function app to measure instead of the built one." };
var quick = new Option<bool>("--quick") { Description = "A few of each, to see that it runs: its figures say nothing." };
Add(
    "departures",
    "50 departures in immediate mode: event accepted until the old kid is gone from the JWKS and refused by introspection.",
    Departures.RunAsync
);
Add("throttle", "200 exposed keys against a throttled vault, beside the time that the throttle alone needs.", Throttle.RunAsync);
Add(
    "reconcile",
    "Comparing the accounts of a directory with 10 thousand, 100 thousand and 200 thousand people, beside reading its pages alone.",
    Reconciling.RunAsync
);
Add("append", "Entries a second that the ledger takes of 16 writers, in one process and in 16, beside one writer.", Appending.RunAsync);
Add("startup", "Worker start to first answer, and its memory.", Startup.RunAsync);
Add(
    "introspect",
    "Introspection of valid ES256 tokens over 32 connections, beside plain Kestrel and npm oidc-provider.",
    Introspection.RunAsync
);
Add(
    "blocklist",
    "The blocklist with a thousand, ten thousand and a hundred thousand entries: bytes, time and memory.",
    BlocklistSizes.RunAsync
);
Add(
    "exposure",
    "Who used which key, in the audit log of a generated tenant: one person and everyone, beside one bare scan of the same files.",
    AuditedExposure.RunAsync
);
Add(
    "gateway",
    "A gateway with Rekey.AspNetCore beside the same gateway with JwtBearer alone: time and memory a token, requests a second.",
    GatewayCosts.RunAsync
);
Add(
    "times",
    "rekey sweep over the same logs with times as texts, numbers and dates, beside ISO 8601: user CPU time.",
    async (run, cancellationToken) =>
    {
        var folder = Directory.CreateTempSubdirectory("rekey-times-bench-").FullName;
        try
        {
            return await TimeForms.RunAsync(folder, run.Times(90_000, 2_000), run.Times(5, 1), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
);
AddLedger();
AddSweep();
return await root.Parse(args).InvokeAsync();

void Add(string name, string description, Func<Run, CancellationToken, Task<Table>> measure)
{
    var command = new Command(name, description) { app, quick };
    command.SetAction(
        (arguments, cancellationToken) =>
            WriteAsync(() => measure(new(arguments.GetValue(app), arguments.GetValue(quick)), cancellationToken))
    );
    root.Subcommands.Add(command);
}

void AddLedger()
{
    var lines = new Option<int[]>("--lines")
    {
        Description = "How many lines the ledger has, one or more times.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [0, 10_000, 100_000, 1_000_000],
    };
    var command = new Command(
        "ledger",
        "A start behind a ledger of 10 thousand, 100 thousand and a million lines, beside an empty one: first right "
            + "introspection, first departure."
    )
    {
        app,
        lines,
        quick,
    };
    command.SetAction(
        (arguments, cancellationToken) =>
            WriteAsync(() =>
            {
                var run = new Run(arguments.GetValue(app), arguments.GetValue(quick));
                return LongLedger.RunAsync(run, run.Quick ? [0, 6_000] : arguments.GetValue(lines)!, cancellationToken);
            })
    );
    root.Subcommands.Add(command);
}

void AddSweep()
{
    var rows = new Option<long>("--rows")
    {
        Description = "Accesses, and as many issuances, in Parquet.",
        DefaultValueFactory = _ => 20_000_000,
    };
    var textRows = new Option<long>("--text-rows") { Description = "The same in gzip NDJSON.", DefaultValueFactory = _ => 2_000_000 };
    var rounds = new Option<int>("--rounds") { Description = "How often each is run.", DefaultValueFactory = _ => 3 };
    rows.Validators.Add(r => OneAtLeast(r, r.GetValueOrDefault<long>()));
    textRows.Validators.Add(r => OneAtLeast(r, r.GetValueOrDefault<long>()));
    rounds.Validators.Add(r => OneAtLeast(r, r.GetValueOrDefault<int>()));
    var folder = new Option<string?>("--folder")
    {
        Description = "Where the logs are made and left for another run; without it they are removed.",
    };
    var command = new Command(
        "sweep",
        "rekey sweep over generated logs, beside a bare anti-join and a bare group-by of DuckDB over the same files."
    )
    {
        rows,
        textRows,
        rounds,
        folder,
        quick,
    };
    command.SetAction(
        (arguments, cancellationToken) =>
            WriteAsync(async () =>
            {
                const long Few = 120_000;
                var isQuick = arguments.GetValue(quick);
                var kept = arguments.GetValue(folder);
                var path = Path.GetFullPath(kept ?? Directory.CreateTempSubdirectory("rekey-sweep-bench-").FullName);
                try
                {
                    return await Sweeping.RunAsync(
                        isQuick ? new(path, Few, Few) : new(path, arguments.GetValue(rows), arguments.GetValue(textRows)),
                        isQuick ? 1 : arguments.GetValue(rounds),
                        cancellationToken
                    );
                }
                finally
                {
                    if (kept is null)
                    {
                        Directory.Delete(path, recursive: true);
                    }
                }
            })
    );
    root.Subcommands.Add(command);
}

static void OneAtLeast(OptionResult given, long value)
{
    if (value < 1)
    {
        given.AddError($"{given.Option.Name} must be 1 at least, and is {value}.");
    }
}

static async Task WriteAsync(Func<Task<Table>> measure)
{
    AnsiConsole.WriteLine(
        $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET "
            + $"{Environment.Version}, {DateTimeOffset.UtcNow:yyyy-MM-dd}"
    );
    AnsiConsole.Write(await measure());
}
