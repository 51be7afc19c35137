using System.CommandLine;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Compliance.Exports;
using Rekey.Ledgers;
using Rekey.Trust.Jose;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The folder, the key and the progress of a command that verifies an exported ledger.</summary>
internal sealed class ExportOptions
{
    private readonly Argument<string> _folder = new("folder")
    {
        Description = "Folder with ledger/ (00000001.ndjson, ...) and checkpoints/ (*.jwt), as they lie in the evidence account.",
    };

    private readonly Option<string> _key = new("--key")
    {
        Description = "The public key of checkpoints: an EC key in PEM.",
        HelpName = "file.pem",
        Required = true,
    };

    private readonly Option<string?> _thumbprint = new("--thumbprint")
    {
        Description = "RFC 7638 thumbprint that the key must have. Give it when the key file comes with the export.",
        HelpName = "thumbprint",
    };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Hide progress." };

    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_key);
        command.Add(_thumbprint);
        command.Add(_quiet);
    }

    /// <summary>Whether a file lies in the folder of the export: no result may be written there.</summary>
    public bool IsInput(ParseResult parsed, string file) => OutputFile.IsBelow(file, parsed.GetValue(_folder)!);

    /// <summary>Verifies the export, with progress.</summary>
    /// <param name="take">Called with each line that is chained, in order; null when no caller needs them.</param>
    public async Task<(ExportResult Result, PublicJwk Pinned)> VerifyAsync(
        ParseResult parsed,
        CancellationToken cancellationToken,
        Action<LedgerLine>? take = null
    )
    {
        var (pinned, algorithm) = CheckpointKeyFile.Read(parsed.GetValue(_key)!, parsed.GetValue(_thumbprint));
        var export = new ExportedLedger(parsed.GetValue(_folder)!);
        var progress = ProgressLines.OfConsole(parsed.GetValue(_quiet));
        var bytes = export.Bytes;
        var verify = new VerifyExport(
            export,
            pinned,
            algorithm,
            lines => progress.Say($"verifying: {lines:N0} lines of {bytes / 1_000_000.0:N0} MB"),
            take
        );
        var result = await verify.RunAsync(cancellationToken);
        progress.Done($"{result.Lines:N0} lines verified.");
        return (result, pinned);
    }
}
