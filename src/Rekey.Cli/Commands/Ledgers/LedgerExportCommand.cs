using System.CommandLine;
using System.Text.Json.Nodes;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Output;
using Rekey.Cli.Output.Items;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The command <c>rekey ledger export</c>.</summary>
internal static class LedgerExportCommand
{
    public const string Name = "export";

    public const string Examples = """
        Examples:
          rekey ledger export export --profile prod
          rekey ledger verify export --key checkpoint.pem --thumbprint <pinned thumbprint>

        It writes the files that docs/ledger.md describes: segments into ledger/, checkpoints into checkpoints/. Run it again to continue an
        export that was interrupted, or to add what is new since then. An interrupted export does not verify until it is continued.

        Any role of people may export: the ledger has object ids and no names. What you exported proves nothing before you verified it.

        How to connect: rekey status --help
        Exit codes: 0 the folder has the whole ledger; 1 it does not: run it again.
        """;

    public static Command Make(OperatorOptions options)
    {
        var folder = new Argument<string>("folder") { Description = "A new folder, or the folder of an earlier export to continue." };
        var quiet = new Option<bool>("--quiet") { Description = "Hide progress." };
        var command = options.AddTo(new Command(Name, "Exports the ledger of a running Rekey into files, to verify them offline."));
        command.Add(folder);
        command.Add(quiet);
        command.SetAction(
            (parsed, cancellationToken) =>
                OperatorRun.OfAsync(
                    parsed,
                    options,
                    "Reader",
                    async run =>
                    {
                        var (into, error) = (parsed.GetValue(folder)!, parsed.InvocationConfiguration.Error);
                        var progress = ProgressLines.OfConsole(parsed.GetValue(quiet));
                        var done = await new LedgerDownload(run.Client, into, progress, error.WriteLine).RunAsync(cancellationToken);
                        await run.WriteAsync(
                            console =>
                                ItemBlocks.WriteFacts(
                                    console,
                                    into,
                                    [
                                        ("segments", $"{done.Segments:N0}"),
                                        ("checkpoints", $"{done.Checkpoints:N0}"),
                                        ("new bytes", $"{done.NewBytes:N0}"),
                                    ]
                                ),
                            new JsonObject
                            {
                                ["folder"] = into,
                                ["segments"] = done.Segments,
                                ["checkpoints"] = done.Checkpoints,
                                ["newBytes"] = done.NewBytes,
                            },
                            items: null
                        );
                        await error.WriteLineAsync($"Verify it: rekey ledger verify {PlainText.Of(into)} --key <file.pem>");
                        return Outcome.Clean;
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
