using System.CommandLine;
using Rekey.Cli.Detections;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Commands;

/// <summary><c>rekey sweep</c>.</summary>
internal static class SweepCommand
{
    public const string Name = "sweep";

    public const string Examples = """
        Examples:
          rekey sweep --issued my/issued --access my/access
          rekey sweep --issued my/issued --access 'edge/access-*.csv.gz' --map map.json --windows windows.json
          rekey sweep --issued my/issued --access my/access --format sarif --output rekey.sarif
          rekey sweep --issued my/issued --access my/access --format json | jq '.sightings[] | select(.verdict=="unissued") | .jti'
          rekey sweep --issued my/issued --access my/access --explain 9f0c2a417c3a4d5e8b6f1a2b3c4d5e6f

        The files: one row a token that an issuer minted (--issued), one row a token that a gateway accepted (--access). Columns are
        TimeGenerated, Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256 on both sides; --issued may have ClientId,
        IssuerInstance and Sequence, --access SrcIpAddr, UserAgent, Path, StatusCode, Gateway, KeyThumbprint and SignatureVerified.
        Only TimeGenerated and Iss (and Jti where tokens are issued) must be there. Are yours called otherwise?
          rekey sweep --issued my/issued --access my/access --suggest-map > map.json

        The trust windows: [{"iss":"…","kid":"…","trustedFrom":"2026-01-01T00:00:00Z","issuedUntil":"…","trustedUntil":"…"}], every key that
        was ever trusted. Without --windows a file windows.json beside the folder of --issued is taken, as sample-logs writes it, and
        standard error says so. Without either no key is judged.

        Detections of your own (--detections): a folder each with detection.json and query.sql. Quiet ones are counted and change
        nothing else.

        Exit codes: 0 everything was read and nothing is forged (unissued or altered), 1 could not be done, or lines or files could not be
        read and nothing forged was found in the others, 2 something forged was found.
        """;

    private const long LeastMemory = 128_000_000;
    private static readonly DuckDbOptions Usual = new();

    public static Command Make()
    {
        var issued = Paths("--issued", "Logs of issuers: folders, files or patterns.");
        var access = Paths("--access", "Logs of gateways: folders, files or patterns.");
        var map = new Option<string?>("--map")
        {
            Description = "A file that says what the columns are called in your logs.",
            HelpName = "map.json",
        };
        var windows = new Option<string?>("--windows")
        {
            Description =
                "A file with the trust windows of keys; the usual is windows.json beside the folder of --issued, where there is one.",
            HelpName = "windows.json",
        };
        var detections = new Option<string?>("--detections")
        {
            Description = "A folder with detections of your own, a folder each, besides those that come with rekey.",
            HelpName = "folder",
        };
        var format = new Option<SweepFormat>("--format")
        {
            Description = "table, json (everything), sarif (2.1.0) or ocsf (1.8, one finding a line).",
            HelpName = "json|ocsf|sarif|table",
        };
        var output = new Option<string?>("--output") { Description = "Where to write it, instead of standard output.", HelpName = "file" };
        var memory = new Option<long>("--memory-limit")
        {
            Description = "How much memory the engine may use; what does not fit goes to the disk.",
            HelpName = "size",
            DefaultValueFactory = _ => Usual.MemoryLimitBytes,
            CustomParser = Sizes.Read,
        };
        var networks = Count("--max-networks", "More networks (/24, /48) than this make a token shared.", 10);
        var addresses = Count("--max-addresses", "More addresses than this make a token shared.", 50);
        var lifetime = Durations.Option("--max-lifetime", "How long an honest token lives at most.", "1h");
        var skew = Durations.Option("--skew", "How far clocks may be off.", "5m");
        var cache = Durations.Option("--verifier-cache", "How long after a key's end a gateway may still trust it.", "13h");
        var silence = Durations.Option("--min-silence", "How long an issuer's instance must be silent at least before that is told.", "6h");
        var explain = new Option<string?>("--explain")
        {
            Description = "Show both sides of one token, and why it got its verdicts.",
            HelpName = "jti",
        };
        var suggest = new Option<bool>("--suggest-map")
        {
            Description = "Write a mapping file to start from, guessed from the columns' names.",
        };
        var quiet = new Option<bool>("--quiet") { Description = "No progress." };
        var command = new Command(
            Name,
            "Finds accepted tokens that nobody issued, and others that are not as they should be. Keeps nothing, changes nothing."
        )
        {
            issued,
            access,
            map,
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
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, () =>
                {
                    var run = new SweepRun(
                        parsed.InvocationConfiguration.Output,
                        parsed.InvocationConfiguration.Error,
                        ProgressLines.OfConsole(parsed.GetValue(quiet)),
                        cancellationToken
                    );
                    if (parsed.GetValue(suggest))
                    {
                        return run.SuggestMapAsync(parsed.GetValue(issued)!, parsed.GetValue(access)!);
                    }

                    var engine = new DuckDbOptions
                    {
                        MemoryLimitBytes = parsed.GetValue(memory),
                        MaxTempBytes = Math.Max(Usual.MaxTempBytes, parsed.GetValue(memory)),
                    };
                    if (engine.MemoryLimitBytes < LeastMemory)
                    {
                        throw new CannotContinueException(
                            "memory-limit",
                            "--memory-limit must be 128MB at least: below that the engine cannot join at all.",
                            "Give it more; the usual is 1.2GB."
                        );
                    }

                    var request = new SweepRequest(
                        new(
                            parsed.GetValue(issued)!,
                            parsed.GetValue(access)!,
                            parsed.GetValue(map) is { } file ? LogMapping.Read(file) : LogMapping.None
                        ),
                        engine,
                        new SweepParameters(
                            parsed.GetValue(lifetime),
                            parsed.GetValue(skew),
                            parsed.GetValue(cache),
                            parsed.GetValue(networks),
                            parsed.GetValue(addresses),
                            parsed.GetValue(silence),
                            parsed.GetValue(windows) is { } path
                                ? WindowsFile.Read(path)
                                : WindowsBeside(parsed.GetValue(issued)!, parsed.InvocationConfiguration.Error)
                        ),
                        DetectionSet.Load(parsed.GetValue(detections))
                    );
                    return parsed.GetValue(explain) is { } jti
                        ? run.ExplainAsync(request, jti)
                        : run.SweepAsync(request, parsed.GetValue(format), parsed.GetValue(output));
                }));
        return command;
    }

    /// <summary>As <c>rekey sample-logs</c> writes them; which file it was is always said, for it decides what is found.</summary>
    private static IReadOnlyList<KidWindow> WindowsBeside(IReadOnlyList<string> issued, TextWriter error)
    {
        var beside = issued
            .Where(Directory.Exists)
            .Select(i => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(i))))
            .OfType<string>()
            .Select(folder => Path.Combine(folder, WindowsFile.Name))
            .FirstOrDefault(File.Exists);
        if (beside is null)
        {
            return [];
        }

        error.WriteLine($"note: keys are judged by the trust windows in {beside}; --windows names another file.");
        return WindowsFile.Read(beside);
    }

    private static Option<string[]> Paths(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "path",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };

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
                result.AddError($"{name} must be 1 at least.");
            }
        });
        return option;
    }
}
