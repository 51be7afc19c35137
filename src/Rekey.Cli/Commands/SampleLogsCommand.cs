using System.CommandLine;
using System.Globalization;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Output;
using Rekey.Cli.Samples;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Samples;
using Rekey.DuckDb.Samples;

namespace Rekey.Cli.Commands;

/// <summary>The command <c>rekey sample-logs</c>.</summary>
internal static class SampleLogsCommand
{
    public const string Name = "sample-logs";

    public const string Examples = """
        Examples:
          rekey sample-logs try                              half a year of a shop's logs, in a few seconds
          rekey sweep --issued try/issued --access try/access
          rekey sample-logs big --accesses 20000000 --format parquet
        """;

    private static readonly SampleOptions Usual = new();

    public static Command Make()
    {
        var folder = new Argument<string>("folder") { Description = "Folder for issued/, access/, windows.json and truth.json." };
        var days = Number("--days", "Number of days that the logs cover.", Usual.Days);
        var accesses = Number("--accesses", "Approximate number of accesses by legitimate token holders.", Usual.Accesses);
        var perToken = new Option<double>("--accesses-per-token")
        {
            Description = "Average number of accesses per legitimate token.",
            DefaultValueFactory = _ => Usual.AccessesPerToken,
        };
        var subjects = Number("--subjects", "Number of token holders.", Usual.Subjects);
        var seed = Number("--seed", "Seed of the random generator: the same seed gives the same logs.", Usual.Seed);
        var until = Typed.Option(
            "--until",
            "End time of the logs.",
            "time",
            Usual.End.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            t => Time(t) is not null,
            "a time. Write 2026-07-04T12:00:00Z or 2026-07-04 (UTC)"
        );
        var issuer = new Option<string>("--issuer")
        {
            Description = "Issuer (iss) of the shop whose key is stolen.",
            DefaultValueFactory = _ => Usual.ShopIssuer,
            HelpName = "iss",
        };
        var stolen = new Option<string?>("--stolen-key")
        {
            Description = "RFC 7638 thumbprint of the stolen key. It is also the key's kid.",
            HelpName = "thumbprint",
        };
        var format = Formats.OneOf<SampleFormat>("--format", "File format: ndjson (gzip), csv or parquet.", "a file format");
        var force = new Option<bool>("--force") { Description = "Replace the sample logs in the folder." };
        var quiet = new Option<bool>("--quiet") { Description = "Hide progress." };
        var command = new Command(Name, "Writes sample logs of a company with a forger, and truth.json with the forged tokens.")
        {
            folder,
            days,
            accesses,
            perToken,
            subjects,
            until,
            issuer,
            stolen,
            seed,
            format,
            force,
            quiet,
        };
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, () =>
                {
                    var options = Usual with
                    {
                        Start = Time(parsed.GetValue(until)!)!.Value.AddDays(-parsed.GetValue(days)),
                        ShopIssuer = parsed.GetValue(issuer)!,
                        StolenThumbprint = parsed.GetValue(stolen),
                        Days = parsed.GetValue(days),
                        Accesses = parsed.GetValue(accesses),
                        AccessesPerToken = parsed.GetValue(perToken),
                        Subjects = parsed.GetValue(subjects),
                        Seed = parsed.GetValue(seed),
                    };
                    if (options.Validate() is { Count: > 0 } mistakes)
                    {
                        throw new CannotContinueException(
                            "sample-options",
                            string.Join(' ', mistakes),
                            "rekey sample-logs --help shows the options."
                        );
                    }

                    var target = parsed.GetValue(folder)!;
                    var (truth, issuanceLines, accessLines) = new WriteSampleLogs(ProgressLines.OfConsole(parsed.GetValue(quiet))).Run(
                        target,
                        options,
                        Formats.Of<SampleFormat>(parsed, format),
                        parsed.GetValue(force),
                        cancellationToken
                    );
                    Tell(parsed.InvocationConfiguration.Output, target, truth, issuanceLines, accessLines);
                    return Task.FromResult(Outcome.Clean);
                }));
        return command;
    }

    private static void Tell(TextWriter output, string folder, SampleTruth truth, long issuanceLines, long accessLines)
    {
        output.WriteLine(
            $"{truth.Issuances:N0} tokens issued, {truth.Accesses:N0} accesses, "
                + $"{truth.Sightings.Where(s => s.Verdict.IsForgery()).Select(s => s.Token.Id).Distinct().Count():N0} forged "
                + "tokens among them."
        );
        output.WriteLine(
            $"The files have {issuanceLines:N0} issuances and {accessLines:N0} accesses, because some lines are delivered twice. "
                + "Find the forged tokens with:"
        );
        output.WriteLine();
        output.WriteLine($"  rekey sweep --issued {Path.Combine(folder, "issued")} --access {Path.Combine(folder, "access")}");
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = description, DefaultValueFactory = _ => usual };
}
