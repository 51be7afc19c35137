using Rekey.Azure.Hosting;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Cli.VaultAccess;
using Rekey.Core;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.Cli.Commands;

/// <summary>Runs <c>rekey access</c>. The result goes to standard output or a file, messages go to standard error.</summary>
internal sealed class AccessRun(TextWriter error, AzureOptions azure, CancellationToken cancellationToken)
{
    public async Task<int> RunAsync(
        string? vault,
        string? export,
        bool isSample,
        string? declarationFile,
        string? save,
        AccessFormat format,
        string? file,
        bool isWide
    )
    {
        // 1. Read the actual access.
        var (reading, text, names) =
            isSample ? ReadingFile.Sample()
            : export is not null ? ReadingFile.Read(export)
            : await ReadAsync(vault!.TrimEnd('/'));

        // 2. Read the declaration.
        text = declarationFile is not null ? await File.ReadAllTextAsync(declarationFile, cancellationToken) : text;
        var view = AccessView.Of(reading, text is null ? null : Declared(text, declarationFile ?? export ?? "the sample")) with
        {
            Names = names,
        };
        if (save is not null)
        {
            await using var target = OutputFile.Open(save, f => IsInput(f, export, declarationFile));
            await ReadingFile.WriteAsync(target.Stream, reading, text, names, cancellationToken);
            target.Keep();
        }

        // 3. Write the result.
        await using (var target = OutputFile.Open(file, f => IsInput(f, export, declarationFile)))
        {
            Write(view, format, target, isWide);
            target.Keep();
        }

        // Only the table shows what was not seen: for other formats it goes to standard error.
        if (format is not AccessFormat.Table || file is not null)
        {
            await error.WriteLineAsync(PlainText.Of(view.Verdict));
            foreach (var unseen in reading.Unseen)
            {
                await error.WriteLineAsync(PlainText.Of($"warning: not seen: {unseen.What} ({unseen.Part}: {unseen.Why})"));
            }
        }

        return view.HasDrift ? Outcome.FoundDrift
            : view.IsUnjudged ? Outcome.Failed
            : Outcome.Clean;
    }

    private static bool IsInput(string file, params string?[] inputs) => OutputFile.IsOneOf(file, inputs);

    private async Task<(VaultReading, string?, IReadOnlyDictionary<string, string>)> ReadAsync(string vaultId)
    {
        if (!VaultScope.IsVault(vaultId))
        {
            throw new CannotContinueException(
                "vault-id",
                $"'{vaultId}' is not the resource id of a vault.",
                "Give /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>. Find it with: az keyvault "
                    + "show --name <name> --query id"
            );
        }

        using var reader = new VaultAccessReader(azure, TimeProvider.System);
        var reading = await reader.ReadAsync(vaultId, cancellationToken);
        return (reading, null, await reader.NamesAsync(reading, cancellationToken));
    }

    private static Declaration Declared(string text, string from) =>
        DeclarationReader.Read(text) switch
        {
            ({ } declaration, _) => declaration,
            (_, var mistakes) => throw new CannotContinueException(
                "declaration-wrong",
                $"{from}: {string.Join(" ", mistakes)}",
                "rekey access --help shows what a declaration looks like."
            ),
        };

    private static void Write(AccessView view, AccessFormat format, OutputFile target, bool isWide)
    {
        switch (format)
        {
            case AccessFormat.Json:
                AccessJsonOutput.Write(target.Stream, view);
                break;
            case AccessFormat.Sarif:
                AccessSarifOutput.Write(target.Stream, view);
                break;
            default:
                using (var text = new StreamWriter(target.Stream, leaveOpen: true))
                {
                    AccessTableOutput.Write(text, target.IsTerminal, view, isWide);
                }

                break;
        }
    }
}
