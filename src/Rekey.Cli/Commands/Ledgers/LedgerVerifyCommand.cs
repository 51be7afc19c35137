using System.CommandLine;
using Rekey.Cli.Commands.Parsing;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Compliance.Exports;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The commands <c>rekey ledger</c> and <c>rekey ledger verify</c>.</summary>
internal static class LedgerVerifyCommand
{
    public const string Group = "ledger";

    public const string Name = "verify";

    public const string Examples = """
        Examples:
          az storage blob download-batch --auth-mode login --account-name <evidence account> -s ledger -d export/ledger
          az storage blob download-batch --auth-mode login --account-name <evidence account> -s checkpoints -d export/checkpoints
          az keyvault key download --vault-name <checkpoint vault> --name checkpoint --encoding PEM --file checkpoint.pem
          rekey ledger verify export --key checkpoint.pem --thumbprint <pinned thumbprint>
          rekey ledger verify export --key checkpoint.pem --output json

        What it checks, without Azure: that each line contains the hash of the line before, that no line and no file is missing, and that
        every checkpoint was signed with the key and agrees with its line. Lines after the newest checkpoint are chained, but a person
        who can write to the container could have changed them: the result says where they begin. docs/ledger.md describes the format, so
        that you can write a verifier of your own.

        The key is the public key of checkpoints. Take it or its thumbprint from outside of the subscription that you verify: a person who
        rewrote the ledger could put another key beside it.

        Exit codes: 0 the ledger holds; 1 the command line, the key, the folder or a file cannot be read, so nothing is known; 2 a line or
        a checkpoint does not hold: the first one is named.
        """;

    public static Command Make() =>
        new(Group, "Verifies the ledger from exported files without Azure, and lists its lines.") { MakeVerify() };

    private static Command MakeVerify()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "Folder with ledger/ (00000001.ndjson, ...) and checkpoints/ (*.jwt), as they lie in the evidence account.",
        };
        var key = new Option<string>("--key")
        {
            Description = "The public key of checkpoints: an EC key in PEM.",
            HelpName = "file.pem",
            Required = true,
        };
        var thumbprint = new Option<string?>("--thumbprint")
        {
            Description = "RFC 7638 thumbprint that the key must have. Give it when the key file comes with the export.",
            HelpName = "thumbprint",
        };
        var format = Formats.Output<RecordFormat>("table, json (one document) or ndjson (one line per defect, and the result).");
        var file = Formats.OutFile();
        var quiet = new Option<bool>("--quiet") { Description = "Hide progress." };
        var command = new Command(
            Name,
            "Verifies the hash chain of every line and the signature of every checkpoint. Names the first bad line."
        )
        {
            folder,
            key,
            thumbprint,
            format,
            file,
            quiet,
        };
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, async () =>
                {
                    var (pinned, algorithm) = CheckpointKeyFile.Read(parsed.GetValue(key)!, parsed.GetValue(thumbprint));
                    var source = parsed.GetValue(folder)!;
                    var export = new ExportedLedger(source);
                    var progress = ProgressLines.OfConsole(parsed.GetValue(quiet));
                    var bytes = export.Bytes;
                    var verify = new VerifyExport(export, pinned, algorithm, lines =>
                        progress.Say($"verifying: {lines:N0} lines of {bytes / 1_000_000.0:N0} MB")
                    );
                    var result = await verify.RunAsync(cancellationToken);
                    progress.Done($"{result.Lines:N0} lines verified.");
                    await using var target = OutputFile.Open(parsed.GetValue(file), f => OutputFile.IsBelow(f, source));
                    LedgerVerifyOutput.Write(target, Formats.Of<RecordFormat>(parsed, format), result, pinned.Thumbprint);
                    target.Keep();
                    return result.IsGood ? Outcome.Clean : Outcome.FoundDefect;
                }));
        return command;
    }
}
