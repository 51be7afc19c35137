using System.CommandLine;
using System.CommandLine.Help;
using Rekey.Cli.Commands.Ledgers;
using Rekey.Cli.Commands.Local;

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

        Exit codes: 0 found nothing, 1 failed or could not read everything, 2 found forged tokens, undeclared access, or a
        ledger that does not hold.
        """;

    public static RootCommand Make()
    {
        var root = new RootCommand(
            "Rekey: finds tokens that nobody issued in log files, without Azure or configuration. Shows who can reach a "
                + "vault. Stores nothing."
        )
        {
            SweepCommand.Make(),
            SampleLogsCommand.Make(),
            AccessCommand.Make(),
            LedgerVerifyCommand.Make(),
            LocalCommand.Make(),
            CompletionCommand.Make(),
        };
        var examples = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [root.Name] = Examples,
            [SweepCommand.Name] = SweepCommand.Examples,
            [SampleLogsCommand.Name] = SampleLogsCommand.Examples,
            [AccessCommand.Name] = AccessCommand.Examples,
            [LedgerVerifyCommand.Name] = LedgerVerifyCommand.Examples,
            [LocalCommand.Group] = LocalCommand.Examples,
            [CompletionCommand.Name] = CompletionCommand.Examples,
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        return root;
    }
}
