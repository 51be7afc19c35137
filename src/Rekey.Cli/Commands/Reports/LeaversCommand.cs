using System.CommandLine;
using System.Globalization;
using Rekey.Cli.Commands.Ledgers;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Commands.Parsing;
using Rekey.Departures.Reading;

namespace Rekey.Cli.Commands.Reports;

/// <summary>The commands <c>rekey report</c> and <c>rekey report leavers</c>.</summary>
internal static class LeaversCommand
{
    public const string Group = "report";

    public const string Name = "leavers";

    public const string Examples = """
        Examples:
          rekey ledger export export --profile prod
          rekey report leavers export --key checkpoint.pem --from 2026-01-01 --to 2026-03-31 --out-file q1.html
          rekey report leavers export --key checkpoint.pem --from 2026-01-01 --to 2026-03-31 --output csv --out-file q1.csv

        The report has every departure that was noticed in the period: who, how and when it was noticed, each exposed key with its outcome,
        who decided, the time until the old versions were revoked (contained) and until the slowest gateway had dropped them (worthless).
        It is read from exported files of the ledger, which are verified first, as 'rekey ledger verify' does. Run it again on the same
        files to verify the report. The ledger does not know when an account was disabled before Rekey noticed it.

        Exit codes: 0 the ledger holds; 1 the command line, the key, the folder or a file cannot be read; 2 the ledger does not hold: the
        report says so at its top, and is not proven.
        """;

    public static Command Make(OperatorOptions options) =>
        new(Group, "Reports for auditors, from exported files of the ledger.") { MakeLeavers(options) };

    private static Command MakeLeavers(OperatorOptions options)
    {
        var export = new ExportOptions(options);
        var (from, to) = (Day("--from", "First day of the period (UTC)."), Day("--to", "Last day of the period (UTC); it is part of it."));
        var format = Formats.Output<LeaversFormat>("html (prints well), csv (one row for each exposed key) or json.");
        var file = Formats.OutFile();
        var command = new Command(Name, "Reports every departure of a period, with each exposed key, from a ledger that is verified.")
        {
            from,
            to,
            format,
            file,
        };
        export.AddTo(command);
        command.Validators.Add(result =>
        {
            if (ParsedDay(result.GetValue(from)) is { } first && ParsedDay(result.GetValue(to)) is { } last && first > last)
            {
                result.AddError("--from is later than --to.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var (first, last) = (ParsedDay(parsed.GetValue(from))!.Value, ParsedDay(parsed.GetValue(to))!.Value);
                    var leavers = new LeaversOfLedger();
                    var (result, pinned) = await export.VerifyAsync(parsed, cancellationToken, leavers.Take);
                    var report = new LeaversReport(
                        first,
                        last,
                        leavers.Between(Midnight(first), Midnight(last.AddDays(1))),
                        result,
                        pinned.Thumbprint
                    );
                    await using var target = OutputFile.Open(parsed.GetValue(file), f => export.IsInput(parsed, f));
                    Write(target.Stream, Formats.Of<LeaversFormat>(parsed, format), report);
                    target.Keep();
                    return result.IsGood ? Outcome.Clean : Outcome.FoundDefect;
                }));
        return command;
    }

    private static void Write(Stream output, LeaversFormat format, LeaversReport report)
    {
        switch (format)
        {
            case LeaversFormat.Csv:
                LeaversCsv.Write(output, report);
                break;
            case LeaversFormat.Json:
                LeaversJson.Write(output, report);
                break;
            default:
                LeaversHtml.Write(output, report);
                break;
        }
    }

    private static Option<string> Day(string name, string description)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = "yyyy-mm-dd",
            Required = true,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && ParsedDay(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is not a day. Write it as 2026-03-31.");
            }
        });
        return option;
    }

    private static DateOnly? ParsedDay(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day < DateOnly.MaxValue
            ? day
            : null;

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
