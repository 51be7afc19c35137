using System.CommandLine;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Detections;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Paths;

namespace Rekey.Cli.Commands;

/// <summary>The command <c>rekey sweep</c>.</summary>
internal static class SweepCommand
{
    public const string Name = "sweep";

    public const string Examples = """
        Examples:
          rekey sweep --issued my/issued --access my/access
          rekey sweep --issued my/issued --access 'edge/access-*.csv.gz' --map map.json --windows windows.json
          rekey sweep --issued my/issued --access my/access --output sarif --out-file rekey.sarif
          zcat edge.log.gz | rekey sweep --issued 'my/**/issued-*.parquet' --access -
          rekey sweep --issued my/issued --access my/access --output json | jq '.sightings[] | select(.verdict=="unissued") | .jti'
          rekey sweep --issued my/issued --access my/access --explain 9f0c2a417c3a4d5e8b6f1a2b3c4d5e6f

        The files: --issued has one row for each token that an issuer minted, --access one row for each token that a gateway accepted.
        Both have the columns TimeGenerated, Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256; --issued may have ClientId,
        IssuerInstance and Sequence, --access SrcIpAddr, UserAgent, Path, StatusCode, Gateway, KeyThumbprint and SignatureVerified.
        Only TimeGenerated and Iss (and Jti in --issued) are required. Name files, folders, patterns in quotes ('logs/**/*.ndjson'), or -
        for standard input: NDJSON, CSV or Parquet, plain, gzip or zstd. Files without a known extension (access.log, access.ndjson.1) are
        recognised by their content. Links are followed. The result names what was not read.
        If your columns have other names, create a mapping file:
          rekey sweep --issued my/issued --access my/access --suggest-map > map.json
        The page docs/maps.md describes the file: several shapes, conditions (where), tokens in logs, presets of known exporters.

        The trust windows: [{"iss":"…","kid":"…","trustedFrom":"2026-01-01T00:00:00Z","issuedUntil":"…","trustedUntil":"…"}]. List
        every key that was ever trusted. Without --windows, the sweep uses windows.json next to the folder of --issued (sample-logs writes
        one) and reports that on standard error. Without either file, the sweep does not judge keys.

        Custom detections (--detections): one folder each, with detection.json and query.sql. The sweep only counts what quiet ones find.

        Exit codes: 0 read everything and found no forged token (unissued or altered); 1 failed, or did not read some lines or files and
        found no forged token in the rest; 2 found forged tokens.
        """;

    private const long LeastMemory = 128_000_000;
    private static readonly DuckDbOptions Usual = new();

    public static Command Make()
    {
        var issued = Paths("--issued", "Issuer logs: folders, files, patterns, or - for standard input.");
        var access = Paths("--access", "Gateway logs: folders, files, patterns, or - for standard input.");
        var map = new Option<string?>("--map")
        {
            Description = "File that maps the columns of your logs; --suggest-map creates one.",
            HelpName = "map.json",
        };
        var presets = new Option<string?>("--presets")
        {
            Description = "Folder with your own presets of log exporters (docs/maps.md), in addition to the built-in ones.",
            HelpName = "folder",
        };
        var windows = new Option<string?>("--windows")
        {
            Description = "File with the trust windows of keys; the default is windows.json next to the folder of --issued, if it exists.",
            HelpName = "windows.json",
        };
        var detections = new Option<string?>("--detections")
        {
            Description = "Folder with custom detections, one subfolder each, in addition to the built-in ones.",
            HelpName = "folder",
        };
        var format = Formats.Output<SweepFormat>(
            "table, json (everything), ndjson (one sighting per line, then a summary), sarif (2.1.0) or ocsf (1.8, one event per line)."
        );
        var output = Formats.OutFile();
        var memory = Sizes.Option(
            "--memory-limit",
            "Memory limit of the query engine; it spills larger data to disk.",
            Sizes.Write(Usual.MemoryLimitBytes)
        );
        var networks = Count("--max-networks", "A token from more networks (/24, /48) than this counts as shared.", 10);
        var addresses = Count("--max-addresses", "A token from more addresses than this counts as shared.", 50);
        var lifetime = Durations.Option("--max-lifetime", "Maximum lifetime of a legitimate token.", "1h");
        var skew = Durations.Option("--skew", "Allowed clock skew.", "5m");
        var cache = Durations.Option("--verifier-cache", "How long a gateway may cache a key after its trust has ended.", "13h");
        var silence = Durations.Option("--min-silence", "Minimum silence of an issuer instance that the sweep reports as a gap.", "6h");
        var explain = new Option<string?>("--explain")
        {
            Description = "Show the issuances and accesses of one token, and the reasons for its verdicts.",
            HelpName = "jti",
        };
        var suggest = new Option<bool>("--suggest-map")
        {
            Description = "Write a draft mapping file: every file is looked at, and each shape gets a source.",
        };
        var quiet = new Option<bool>("--quiet") { Description = "Hide progress and notes." };
        var command = new Command(
            Name,
            "Finds accepted tokens that nobody issued, and tokens that were altered, shared or used outside their time. Read-only."
        )
        {
            issued,
            access,
            map,
            presets,
            windows,
            detections,
            format,
            output,
            memory,
            networks,
            addresses,
            lifetime,
            skew,
            cache,
            silence,
            explain,
            suggest,
            quiet,
        };
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var run = new SweepRun(
                        parsed.InvocationConfiguration.Output,
                        parsed.InvocationConfiguration.Error,
                        ProgressLines.OfConsole(parsed.GetValue(quiet)),
                        cancellationToken
                    );
                    var known = parsed.GetValue(presets) is { } folder ? LogPresets.Read(folder) : LogPresets.BuiltIn;
                    var engine = new DuckDbOptions
                    {
                        MemoryLimitBytes = Sizes.Of(parsed, memory),
                        MaxTempBytes = Math.Max(Usual.MaxTempBytes, Sizes.Of(parsed, memory)),
                    };
                    if (engine.MemoryLimitBytes < LeastMemory)
                    {
                        throw new CannotContinueException(
                            "memory-limit",
                            "--memory-limit must be at least 128MB: the query engine cannot join with less.",
                            "Raise --memory-limit; the default is 1.2GB."
                        );
                    }

                    var (issuedPaths, accessPaths, outFile) = (parsed.GetValue(issued)!, parsed.GetValue(access)!, parsed.GetValue(output));
                    using var standardInput = await SpoolAsync([.. issuedPaths, .. accessPaths], engine, cancellationToken);
                    if (parsed.GetValue(suggest))
                    {
                        var looked = new LogFilesInput(issuedPaths, accessPaths, LogMapping.None) { StandardInput = standardInput };
                        return await run.SuggestMapAsync(looked, known, looked.Has, outFile);
                    }

                    var windowsFile = parsed.GetValue(windows)
                        ?? WindowsBeside(issuedPaths, parsed.InvocationConfiguration.Error, parsed.GetValue(quiet));
                    var request = new SweepRequest(
                        new(issuedPaths, accessPaths, parsed.GetValue(map) is { } file ? LogMapping.Read(file, known) : LogMapping.None)
                        {
                            StandardInput = standardInput,
                        },
                        engine,
                        new SweepParameters(
                            Durations.Of(parsed, lifetime),
                            Durations.Of(parsed, skew),
                            Durations.Of(parsed, cache),
                            parsed.GetValue(networks),
                            parsed.GetValue(addresses),
                            Durations.Of(parsed, silence),
                            windowsFile is null ? [] : WindowsFile.Read(windowsFile)
                        ),
                        DetectionSet.Load(parsed.GetValue(detections))
                    )
                    {
                        OtherFiles = [.. new[] { parsed.GetValue(map), windowsFile }.OfType<string>()],
                    };
                    return parsed.GetValue(explain) is { } jti
                        ? await run.ExplainAsync(request, jti)
                        : await run.SweepAsync(request, Formats.Of<SweepFormat>(parsed, format), outFile);
                }));
        return command;
    }

    /// <summary>Finds windows.json next to the folder of --issued, and reports its path: the file decides what the sweep finds.</summary>
    private static string? WindowsBeside(IReadOnlyList<string> issued, TextWriter error, bool isQuiet)
    {
        var beside = issued
            .Where(Directory.Exists)
            .Select(i => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(i))))
            .OfType<string>()
            .Select(folder => Path.Combine(folder, WindowsFile.Name))
            .FirstOrDefault(File.Exists);
        if (beside is not null && !isQuiet)
        {
            error.WriteLine($"note: the sweep judges keys by the trust windows in {PlainText.Of(beside)}; use --windows for another file.");
        }

        return beside;
    }

    private static async Task<SpooledInput?> SpoolAsync(
        IReadOnlyList<string> paths,
        DuckDbOptions engine,
        CancellationToken cancellationToken
    ) =>
        paths.Count(p => p == SpooledInput.Path) switch
        {
            0 => null,
            1 => await SpooledInput.ReadAsync(Console.OpenStandardInput(), engine, cancellationToken),
            _ => throw new CannotContinueException(
                "standard-input-twice",
                "Standard input (-) can be read only once, but it is named more than once.",
                "Name files for the other side."
            ),
        };

    private static Option<string[]> Paths(string name, string description)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "path",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        option.RefuseAsValues();
        return option;
    }

    private static Option<int> Count(string name, string description, int usual)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() is false && result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }
}
