using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Files;

/// <summary>
/// The files of both streams, judged as one batch without state: all accesses against all issuances. For the command line.
/// </summary>
/// <remarks>Not for use by several threads at once. Disposing removes the work folder.</remarks>
public sealed class LogFiles : IAsyncDisposable
{
    private const int MaxIssuers = 10_000;
    private readonly LogDatabase _database;
    private readonly LogIntake _issued;
    private readonly LogIntake _access;
    private Judgement _judgement = null!;
    private (string Jti, Judgement Judgement)? _one;

    private LogFiles(LogDatabase database, LogIntake issued, LogIntake access) =>
        (_database, _issued, _access) = (database, issued, access);

    /// <summary>The result of reading the issuers' logs. A damaged Parquet file may only show while a detection runs: then it is skipped,
    /// and counted here.</summary>
    public LogReading Issued => _issued.Reading;

    /// <summary>The result of reading the gateways' logs.</summary>
    public LogReading Access => _access.Reading;

    /// <summary>The latest time in both streams, which ends an issuer's silence, because files may be old. Null without rows.</summary>
    public DateTimeOffset? ArrivedUntil { get; private set; }

    /// <summary>Reads the files. Bad lines and bad files are reported in <see cref="Issued"/> and <see cref="Access"/>.</summary>
    /// <exception cref="CannotContinueException"><c>no-such-log</c>, <c>unknown-log-form</c>, <c>bad-mapping</c>, or
    /// <c>log-engine-out-of-memory</c>.</exception>
    public static Task<LogFiles> OpenAsync(
        LogFilesInput input,
        DuckDbOptions options,
        IProgress<LogProgress>? progress,
        CancellationToken cancellationToken
    ) =>
        Task.Run(
            () =>
            {
                var (issued, access) = (
                    LogPaths.Find(input.Issued, input: input.StandardInput),
                    LogPaths.Find(input.Access, input: input.StandardInput)
                );
                var database = new LogDatabase(
                    options,
                    issued.Files.Concat(access.Files).Select(f => Path.GetDirectoryName(f.Path)!),
                    progress
                );
                try
                {
                    var logs = new LogFiles(
                        database,
                        new(database, new(LogViews.TokenIssuance, input.Mapping.TokenIssuance), "issued", options, input.Quarantine),
                        new(database, new(LogViews.GatewayAccess, input.Mapping.GatewayAccess), "access", options, input.Quarantine)
                    );
                    logs._issued.Read(issued.Files, issued.PassedOver, "reading issuances", cancellationToken);
                    logs._access.Read(access.Files, access.PassedOver, "reading accesses", cancellationToken);
                    logs._issued.AddClosedFolders(logs._access.Latest ?? DateTimeOffset.UnixEpoch);
                    MapFit.Check([.. logs._issued.Absent, .. logs._access.Absent]);
                    logs.ArrivedUntil = logs._issued.Latest is { } minted && !(minted < logs._access.Latest) ? minted : logs._access.Latest;
                    logs._judgement = new(
                        database,
                        [logs._issued, logs._access],
                        logs._issued.Select,
                        sieved => $"SELECT *, true AS InBatch FROM ({logs._access.Select(sieved)})",
                        logs.ArrivedUntil ?? DateTimeOffset.UnixEpoch
                    );
                    return logs;
                }
                catch
                {
                    database.Dispose();
                    throw;
                }
            },
            cancellationToken
        );

    /// <summary>Runs a detection of tokens.</summary>
    /// <exception cref="CannotContinueException"><c>log-engine-out-of-memory</c>.</exception>
    public IAsyncEnumerable<Sighting> DetectAsync(Detection detection, SweepParameters parameters, CancellationToken cancellationToken) =>
        DetectionQuery.InBackground(stop => _judgement.Sightings(detection, parameters, stop), cancellationToken);

    /// <summary>Runs a detection of tokens over the rows of one <c>jti</c>: no verdict depends on other tokens.</summary>
    /// <exception cref="CannotContinueException"><c>log-engine-out-of-memory</c>.</exception>
    public IAsyncEnumerable<Sighting> DetectAsync(
        string jti,
        Detection detection,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) => DetectionQuery.InBackground(stop => Of(jti, stop).Sightings(detection, parameters, stop), cancellationToken);

    /// <summary>Runs a detection of gaps.</summary>
    /// <exception cref="CannotContinueException"><c>log-engine-out-of-memory</c>.</exception>
    public IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepParameters parameters,
        CancellationToken cancellationToken
    ) =>
        DetectionQuery.InBackground(
            stop => _judgement.Gaps(detection, ArrivedUntil ?? DateTimeOffset.UnixEpoch, parameters, stop),
            cancellationToken
        );

    /// <summary>The issuers that issued tokens, and those of some others whose tokens were accepted.</summary>
    public Task<IReadOnlyList<string>> IssuersAsync(IEnumerable<string> others, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
                _database.Query(
                    $"SELECT DISTINCT Iss FROM (SELECT Iss FROM ({_issued.Select()}) UNION ALL SELECT Iss FROM ({_access.Select()}) "
                        + $"WHERE Iss IN (SELECT unnest({SqlText.List(others)}::VARCHAR[]))) ORDER BY Iss LIMIT {MaxIssuers}",
                    r => r.GetString(0),
                    "counting issuers",
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>Returns all log rows of one jti.</summary>
    public Task<TokenHistory> ExplainAsync(string jti, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
                new TokenHistory(
                    Rows(_issued, LogViews.TokenIssuance, jti, cancellationToken),
                    Rows(_access, LogViews.GatewayAccess, jti, cancellationToken)
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private Judgement Of(string jti, CancellationToken cancellationToken)
    {
        if (_one is { } known && known.Jti == jti)
        {
            return known.Judgement;
        }

        Keep("OneIssuance", _issued.Select());
        Keep("OneAccess", $"SELECT *, true AS InBatch FROM ({_access.Select()})");
        var judgement = new Judgement(
            _database,
            [_issued, _access],
            sieved => Sifted("OneIssuance", sieved),
            sieved => Sifted("OneAccess", sieved),
            ArrivedUntil ?? DateTimeOffset.UnixEpoch
        );
        _one = (jti, judgement);
        return judgement;

        void Keep(string table, string rows) =>
            _database.Execute(
                $"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM ({rows}) WHERE Jti = {SqlText.Literal(jti)}",
                $"looking for {jti}",
                cancellationToken
            );

        static string Sifted(string table, string? sieved) =>
            $"SELECT * FROM {table}{(sieved is null ? "" : $" WHERE {Sieve.Holds(sieved)}")}";
    }

    private List<LogRow> Rows(LogIntake from, IReadOnlyList<ViewColumn> columns, string jti, CancellationToken cancellationToken) =>
        [
            .. _database.Query(
                $"SELECT * FROM ({from.SelectWithFile(null)}) WHERE Jti = {SqlText.Literal(jti)} ORDER BY ALL",
                r => new LogRow(
                    new(r.GetDateTime(r.GetOrdinal("TimeGenerated")), TimeSpan.Zero),
                    from.NameOf(r.GetString(r.GetOrdinal(ViewReading.File))),
                    [
                        .. columns
                            .Where(c => !r.IsDBNull(r.GetOrdinal(c.Name)))
                            .Select(c => KeyValuePair.Create(c.Name, Text(r, r.GetOrdinal(c.Name)))),
                    ]
                ),
                $"looking for {jti}",
                cancellationToken
            ),
        ];

    private static string Text(DuckDBDataReader r, int column) =>
        r.GetValue(column) switch
        {
            DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"),
            bool truth => truth ? "true" : "false",
            var other => Convert.ToString(other)!,
        };
}
