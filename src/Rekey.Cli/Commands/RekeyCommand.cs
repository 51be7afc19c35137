using System.CommandLine;
using System.CommandLine.Help;
using Rekey.Cli.Commands.Gateways;
using Rekey.Cli.Commands.Ledgers;
using Rekey.Cli.Commands.Local;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Commands.Reports;

namespace Rekey.Cli.Commands;

/// <summary>The root command <c>rekey</c>.</summary>
internal static class RekeyCommand
{
    private const string Examples = """
        Start here:
          rekey sample-logs try                              create sample logs of a company with a forger
          rekey sweep --issued try/issued --access try/access
          rekey sweep --issued my/issued --access my/access  check your own logs: NDJSON, CSV or Parquet, plain or gzip
          rekey access --vault <resource id>                 show who can reach a vault; needs az login
          rekey ledger verify <folder> --key checkpoint.pem  verify exported files of the ledger, without Azure
          rekey gateway test <url>                           send a gateway what it must refuse, and see what it lets in
          rekey status --profile prod                        ask a running Rekey; rekey status --help says how to connect

        Exit codes: 0 found nothing or done, 1 failed, refused or could not read everything, 2 found forged tokens, undeclared access, a
        ledger that does not hold, a gateway that lets in what it must refuse, or a Rekey that is stopped or unhealthy.
        """;

    public static RootCommand Make()
    {
        var options = new OperatorOptions();
        var ledger = LedgerVerifyCommand.Make(options);
        ledger.Add(OperatorCommands.List(options, ApiResources.Ledger));
        var root = new RootCommand(
            "Rekey: finds tokens that nobody issued in log files, without Azure or configuration. Shows who can reach a "
                + "vault. Calls a running Rekey. Stores nothing."
        )
        {
            SweepCommand.Make(),
            SampleLogsCommand.Make(),
            AccessCommand.Make(),
            ledger,
            LeaversCommand.Make(options),
            GatewayTestCommand.Make(),
            LocalCommand.Make(),
            CompletionCommand.Make(),
        };
        foreach (var command in OperatorCommands.Make(options))
        {
            root.Add(command);
        }

        var examples = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rekey"] = Examples,
            [$"rekey {SweepCommand.Name}"] = SweepCommand.Examples,
            [$"rekey {SampleLogsCommand.Name}"] = SampleLogsCommand.Examples,
            [$"rekey {AccessCommand.Name}"] = AccessCommand.Examples,
            [$"rekey {LedgerVerifyCommand.Group} {LedgerExportCommand.Name}"] = LedgerExportCommand.Examples,
            [$"rekey {LedgerVerifyCommand.Group} {LedgerVerifyCommand.Name}"] = LedgerVerifyCommand.Examples,
            [$"rekey {LeaversCommand.Group} {LeaversCommand.Name}"] = LeaversCommand.Examples,
            [$"rekey {GatewayTestCommand.Group} {GatewayTestCommand.Name}"] = GatewayTestCommand.Examples,
            [$"rekey {LocalCommand.Group}"] = LocalCommand.Examples,
            [$"rekey {ExposureCommand.Name}"] = ExposureCommand.Examples,
            [$"rekey {CompletionCommand.Name}"] = CompletionCommand.Examples,
        };
        foreach (var (command, text) in OperatorHelp.Examples)
        {
            examples[command] = text;
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        return root;
    }
}
