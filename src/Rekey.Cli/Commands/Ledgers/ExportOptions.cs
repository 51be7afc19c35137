using System.CommandLine;
using Rekey.Cli.Commands.Operators;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Cli.Server;
using Rekey.Compliance.Exports;
using Rekey.Ledgers;
using Rekey.Trust.Jose;

namespace Rekey.Cli.Commands.Ledgers;

/// <summary>The folder or the server, the key and the progress of a command that verifies a ledger.</summary>
internal sealed class ExportOptions(OperatorOptions options)
{
    private readonly Argument<string?> _folder = new("folder")
    {
        Description =
            "Folder with ledger/ (00000001.ndjson, ...) and checkpoints/ (*.jwt), as they lie in the evidence account, or the https "
            + "address of a Rekey. Without it, give --server or --profile.",
        Arity = ArgumentArity.ZeroOrOne,
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
        options.AddConnectionTo(command);
        command.Validators.Add(result =>
        {
            // A folder and a server, or neither: which one is meant is not known.
            if (result.GetValue(_folder) is null != options.NamesServer(result))
            {
                result.AddError("Give a folder or the https address of a Rekey; or --server or --profile instead.");
            }
        });
    }

    /// <summary>Whether a file lies in the folder of the export: no result may be written there.</summary>
    public bool IsInput(ParseResult parsed, string file) =>
        parsed.GetValue(_folder) is { } folder && !IsAddress(folder) && OutputFile.IsBelow(file, folder);

    /// <summary>Verifies the export, with progress. The ledger of a server is exported into a temporary folder first.</summary>
    /// <param name="take">Called with each line that is chained, in order; null when no caller needs them.</param>
    public async Task<(ExportResult Result, PublicJwk Pinned)> VerifyAsync(
        ParseResult parsed,
        CancellationToken cancellationToken,
        Action<LedgerLine>? take = null
    )
    {
        var (pinned, algorithm) = CheckpointKeyFile.Read(parsed.GetValue(_key)!, parsed.GetValue(_thumbprint));
        var progress = ProgressLines.OfConsole(parsed.GetValue(_quiet));
        if (parsed.GetValue(_folder) is { } folder && !IsAddress(folder))
        {
            return (await VerifyAsync(folder), pinned);
        }

        var temporary = Directory.CreateTempSubdirectory("rekey-export-").FullName;
        try
        {
            var error = parsed.InvocationConfiguration.Error;
            var choice = options.Choice(parsed, "Reader");
            using var client = new ServerClient(
                Connection.Of(choice with { Server = choice.Server ?? parsed.GetValue(_folder) }, error.WriteLine)
            );
            await new LedgerDownload(client, temporary, progress, error.WriteLine).RunAsync(cancellationToken);
            return (await VerifyAsync(temporary), pinned);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }

        async Task<ExportResult> VerifyAsync(string below)
        {
            var export = new ExportedLedger(below);
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
            return result;
        }
    }

    private static bool IsAddress(string folder) => folder.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
