using System.CommandLine;
using System.CommandLine.Help;

namespace Rekey.Cli.Commands;

/// <summary>The whole command line.</summary>
internal static class RekeyCommand
{
    private const string Examples = """
        Start here:
          rekey sample-logs try                              logs of a made-up company with a forger in them
          rekey sweep --issued try/issued --access try/access
          rekey sweep --issued my/issued --access my/access  your own: NDJSON, CSV or Parquet, plain or gzip
          rekey access --vault <resource id>                 who reaches a vault; needs a sign-in to Azure

        Exit codes: 0 nothing was found, 1 could not be done or not all could be read, 2 something forged or undeclared was found.
        """;

    public static RootCommand Make()
    {
        var root = new RootCommand(
            "Rekey: finds tokens that nobody issued, in log files, without Azure or configuration; and shows who reaches a "
                + "vault. It keeps nothing."
        )
        {
            SweepCommand.Make(),
            SampleLogsCommand.Make(),
            AccessCommand.Make(),
        };
        var examples = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [root.Name] = Examples,
            [SweepCommand.Name] = SweepCommand.Examples,
            [SampleLogsCommand.Name] = SampleLogsCommand.Examples,
            [AccessCommand.Name] = AccessCommand.Examples,
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        return root;
    }
}
