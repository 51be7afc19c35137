using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Samples;
using Rekey.Detections.Samples.Stories;
using Rekey.DuckDb.Samples;

namespace Rekey.Cli.Samples;

/// <summary>Writes the sample logs of a company, and the expected results, into a folder.</summary>
internal sealed class WriteSampleLogs(ProgressLines progress)
{
    private const int FilesPerStream = 6;

    /// <summary>Returns the truth, and the numbers of lines that were written of each stream.</summary>
    /// <exception cref="CannotContinueException">The folder is not empty, or cannot be written.</exception>
    public (SampleTruth Truth, long Issuances, long Accesses) Run(
        string folder,
        SampleOptions options,
        SampleFormat format,
        bool force,
        CancellationToken cancellationToken
    )
    {
        // 1. Check that the folder is empty, or remove the files of an earlier run.
        var logs = new SampleLogs(options);
        var (issued, access) = Prepare(folder, force);

        // 2. Write the lines, by arrival.
        var (issuances, accesses) = WriteLines(logs, options, issued, access, format, cancellationToken);

        // 3. Write the trust windows, and the truth last: a folder without it is incomplete.
        WindowsFile.Write(Path.Combine(folder, WindowsFile.Name), logs.Parameters.Windows);
        TruthFile.Write(Path.Combine(folder, "truth.json"), logs.Truth, options);
        progress.Done($"{issuances + accesses:N0} lines written.");
        return (logs.Truth, issuances, accesses);
    }

    private static (string Issued, string Access) Prepare(string folder, bool force)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !force)
        {
            throw new CannotContinueException(
                "folder-not-empty",
                $"The folder '{folder}' is not empty.",
                "Choose another folder, or use --force to replace the sample logs in it."
            );
        }

        var (issued, access) = (Path.Combine(folder, "issued"), Path.Combine(folder, "access"));
        File.Delete(Path.Combine(Directory.CreateDirectory(folder).FullName, "truth.json"));
        foreach (var (stream, name) in new[] { (issued, "issued-*"), (access, "access-*") })
        {
            foreach (var file in Directory.CreateDirectory(stream).EnumerateFiles(name))
            {
                file.Delete();
            }
        }

        return (issued, access);
    }

    private (long Issuances, long Accesses) WriteLines(
        SampleLogs logs,
        SampleOptions options,
        string issued,
        string access,
        SampleFormat format,
        CancellationToken cancellationToken
    )
    {
        static int PerFile(long expected) => (int)Math.Clamp(expected / FilesPerStream, 500, 500_000);
        using var issuances = new SampleFileWriter(issued, "issued", format, LogViews.TokenIssuance, PerFile(logs.ExpectedIssuances));
        using var accesses = new SampleFileWriter(
            access,
            "access",
            format,
            [.. LogViews.GatewayAccess.Where(c => !c.IsDerived)],
            PerFile(options.Accesses)
        );
        var (lines, issuanceLines, expected) = (0L, 0L, logs.ExpectedIssuances + options.Accesses);
        foreach (var line in logs.Lines())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line is IssuanceLine issuance)
            {
                issuances.Write(issuance.Values());
                issuanceLines++;
            }
            else
            {
                accesses.Write(((AccessLine)line).Values());
            }

            if (++lines % 10_000 == 0)
            {
                progress.Say($"writing sample logs: {lines:N0} of about {expected:N0} lines");
            }
        }

        issuances.Complete();
        accesses.Complete();
        return (issuanceLines, lines - issuanceLines);
    }
}
