using Rekey.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Folders;

/// <summary>An engine with the issuances of a look-back, and the accesses to judge.</summary>
internal sealed class FolderSession(FolderLogOptions options, LogMapping mapping, DateTimeOffset now) : IDisposable
{
    private readonly List<LogIntake> _intakes = [];

    public FolderLogOptions Options => options;

    /// <summary>The time by which its files are settled or not.</summary>
    public DateTimeOffset Now => now;

    public IReadOnlyList<LogIntake> Intakes => _intakes;

    public LogDatabase Database { get; } = new(options.Engine, [Real(options.IssuedFolder), Real(options.AccessFolder)]);

    /// <summary>An empty session with the same options and time.</summary>
    public FolderSession Another() => new(options, mapping, now);

    /// <summary>Loads accesses. Those that are too old to judge count as bad.</summary>
    public LogIntake Access(string table, FoundLogs found, bool isNew, CancellationToken cancellationToken) =>
        Take(
            new(
                Database,
                new(LogViews.GatewayAccess, mapping.GatewayAccess, now - options.MaxLookBack),
                table,
                options.Engine,
                isNew ? Quarantine : null
            ),
            found,
            table,
            cancellationToken
        );

    /// <summary>Loads issuances. A file that is still being written may end in half a line, which does not count as bad.</summary>
    public (Func<string?, string> Select, LogReading Reading) Issuances(
        FoundLogs found,
        Func<LogFile, bool> isSettled,
        CancellationToken cancellationToken
    )
    {
        var (settled, young) = (Issued("issued", isSettled, Quarantine), Issued("issued_young", f => !isSettled(f), null));
        var (a, b) = (settled.Reading, young.Reading);
        return (
            sieved => $"{settled.Select(sieved)} UNION ALL {young.Select(sieved)}",
            new(
                a.Files + b.Files,
                a.Rows + b.Rows,
                a.BadLines + b.BadLines,
                a.BadFiles + b.BadFiles,
                [.. a.Sample, .. b.Sample],
                found.PassedOver
            )
            {
                Filtered = a.Filtered + b.Filtered,
                Absent = [.. a.Absent, .. b.Absent],
                DamagedLines = a.DamagedLines + b.DamagedLines,
                Holes = [.. a.Holes, .. b.Holes],
            }
        );

        LogIntake Issued(string table, Func<LogFile, bool> which, IQuarantine? quarantine) =>
            Take(
                new(Database, new(LogViews.TokenIssuance, mapping.TokenIssuance), table, options.Engine, quarantine),
                new([.. found.Files.Where(which)], []),
                "reading issuances",
                cancellationToken
            );
    }

    /// <summary>Looks up the rows of some tokens in older files, whose bad lines were counted before.</summary>
    /// <param name="stream">The view.</param>
    /// <param name="only">A table with the <c>Jti</c> of each.</param>
    public LogIntake LookUp(string table, string stream, IReadOnlyList<LogFile> files, string only, CancellationToken cancellationToken)
    {
        LogStream view =
            stream == LogViews.TokenIssuanceName
                ? new(LogViews.TokenIssuance, mapping.TokenIssuance)
                : new(LogViews.GatewayAccess, mapping.GatewayAccess);
        return Take(
            new(Database, view, table, options.Engine, quarantine: null, only),
            new(files, []),
            "looking up outlived tokens",
            cancellationToken
        );
    }

    /// <summary>Drops the loaded rows; views over them must be created again.</summary>
    public void Drop(LogIntake intake)
    {
        _intakes.Remove(intake);
        intake.Drop();
    }

    public void Dispose() => Database.Dispose();

    private IQuarantine? Quarantine => options.QuarantineFolder is { } folder ? new FolderQuarantine(folder) : null;

    private static string Real(string folder) => RealPath.Of(folder) ?? Path.GetFullPath(folder);

    private LogIntake Take(LogIntake intake, FoundLogs found, string stage, CancellationToken cancellationToken)
    {
        _intakes.Add(intake);
        intake.Read(found.Files, found.PassedOver, stage, cancellationToken);
        // Rows of JSON may lack a column: then a forger would decide whether the batch is judged.
        MapFit.Check([.. intake.Absent.Where(a => a.IsCertain)]);
        return intake;
    }
}
