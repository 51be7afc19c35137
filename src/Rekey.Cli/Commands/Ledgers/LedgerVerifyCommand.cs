using System.CommandLine;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Commands.Parsing;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The commands <c>rekey ledger</c> and <c>rekey ledger verify</c>.</summary>
internal static class LedgerVerifyCommand
{
    public const string Group = "ledger";

    public const string Name = "verify";

    public const string Examples = """
        Examples:
          rekey ledger export export --profile prod
          az keyvault key download --vault-name <checkpoint vault> --name checkpoint --encoding PEM --file checkpoint.pem
          rekey ledger verify export --key checkpoint.pem --thumbprint <pinned thumbprint>
          rekey ledger verify export --key checkpoint.pem --output json
          rekey ledger verify --profile prod --key checkpoint.pem     exports into a temporary folder first

        What it checks, without Azure: that each line contains the hash of the line before, that no line and no file is missing, and that
        every checkpoint was signed with the key and agrees with its line. Lines after the newest checkpoint are chained, but a person
        who can write to the container could have changed them: the result says where they begin. docs/ledger.md describes the format, so
        that you can write a verifier of your own.

        The key is the public key of checkpoints. Take it or its thumbprint from outside of the subscription that you verify: a person who
        rewrote the ledger could put another key beside it.

        Exit codes: 0 the ledger holds; 1 the command line, the key, the folder or a file cannot be read, so nothing is known; 2 a line or
        a checkpoint does not hold: the first one is named.
        """;

    public static Command Make(OperatorOptions options) =>
        new(Group, "Exports the ledger, verifies it from files without Azure, and lists its lines.")
        {
            LedgerExportCommand.Make(options),
            MakeVerify(options),
        };

    private static Command MakeVerify(OperatorOptions options)
    {
        var export = new ExportOptions(options);
        var format = Formats.Output<RecordFormat>("table, json (one document) or ndjson (one line per defect, and the result).");
        var file = Formats.OutFile();
        var command = new Command(
            Name,
            "Verifies the hash chain of every line and the signature of every checkpoint. Names the first bad line."
        )
        {
            format,
            file,
        };
        export.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var (result, pinned) = await export.VerifyAsync(parsed, cancellationToken);
                    await using var target = OutputFile.Open(parsed.GetValue(file), f => export.IsInput(parsed, f));
                    LedgerVerifyOutput.Write(target, Formats.Of<RecordFormat>(parsed, format), result, pinned.Thumbprint);
                    target.Keep();
                    return result.IsGood ? Outcome.Clean : Outcome.FoundDefect;
                }));
        return command;
    }
}
