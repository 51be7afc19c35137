using System.Runtime.CompilerServices;
using System.Text;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.Ledgers.Records;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The token log in a Log Analytics workspace, which runs the joins.</summary>
internal sealed class LogAnalyticsTokenLog(
    LogsQueryClient client,
    ILedgerRecords<SweepWatermark> records,
    LogAnalyticsOptions options,
    TimeProvider timeProvider
) : ITokenLog
{
    // The maximum query length is undocumented. This is far below lengths that worked, and holds some hundred sightings.
    private const int LongestQuery = 256 * 1024;

    private readonly string _workspace = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));
    private readonly SweepProgress _progress = new(records, options, timeProvider);
    private readonly PartitionedQuery _query = new(client, options.WorkspaceId ?? "");
    private readonly ViewCheck _views = new(client, options.WorkspaceId ?? "", timeProvider);

    /// <exception cref="CannotContinueException">The views do not allow judging accesses; see <see cref="LogsReasons"/>.</exception>
    public async Task<SweepBatch?> NextAsync(CancellationToken cancellationToken)
    {
        var since = await _progress.FindAsync(cancellationToken) ?? await BeginAsync(cancellationToken);
        if (since is null || await _progress.NextAsync(since.Value, cancellationToken) is not { } window)
        {
            return null;
        }

        var facts = await CountAsync(window, cancellationToken);
        await _views.RefuseAsync(facts, cancellationToken);
        // Only the first of several shares reports them.
        var (accesses, badLines) = window.Share == 0 ? (facts.Accesses, facts.BadLines) : (0, 0);
        return new SweepBatch(window.Id, accesses, facts.EarliestEvent, window.Until, badLines)
        {
            EarliestIssuedAt = facts.EarliestIssuedAt,
            IsLaterShare = window.Share > 0,
            CountedAs = (window with { Share = 0, Shares = 1 }).Id,
        };
    }

    /// <summary>Returns where the first sweep begins: at the first issuance, because earlier accesses cannot be judged. Null without
    /// logs.</summary>
    private async Task<DateTimeOffset?> BeginAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var earliest = now - options.FirstLookBack;
        if (await _views.FirstIssuanceAsync(earliest, cancellationToken) is { } first)
        {
            return await _progress.BeginAsync(Later(first, earliest), cancellationToken);
        }

        await _views.RefuseAsync(
            await CountAsync(new ArrivalWindow(now - options.MaxWindow, now - options.MaxWindow, now), cancellationToken),
            cancellationToken
        );
        return null;
    }

    private async Task<BatchFacts> CountAsync(ArrivalWindow window, CancellationToken cancellationToken)
    {
        var counted = await client.QueryWorkspaceAsync(
            _workspace,
            BatchFacts.Query(window, options.MaxLookBack),
            Range(BatchFacts.Earliest(window, options.MaxLookBack)),
            "Counting what arrived",
            cancellationToken
        );
        return BatchFacts.Read(counted.Table, window, options.MaxLookBack);
    }

    public async IAsyncEnumerable<Sighting> DetectAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Require(detection, DetectionRows.Tokens);
        await foreach (var row in RowsAsync(detection, batch, parameters, ResultRows.TokenKey, byToken: true, cancellationToken))
        {
            yield return ResultRows.Sighting(row);
        }
    }

    public async IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Require(detection, DetectionRows.Gaps);
        await foreach (var row in RowsAsync(detection, batch, parameters, ResultRows.GapKey, byToken: false, cancellationToken))
        {
            yield return ResultRows.Gap(row);
        }
    }

    /// <remarks>A sighting that is found again keeps its times and count.</remarks>
    public async IAsyncEnumerable<Sighting> DetectAgainAsync(
        Detection detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Require(detection, DetectionRows.Tokens);
        foreach (var chunk in Chunks(seen))
        {
            var known = chunk.ToLookup(c => Key(c.Seen), c => c.Seen);
            var rows = chunk.Select(c => c.Row).ToArray();
            var lookBack = LookBack.Of([.. chunk.Select(c => c.Seen)], options.MaxLookBack, parameters);
            var results = _query.RowsAsync(
                share =>
                    Sent(
                        KqlPrelude.OfSightings(rows, lookBack, timeProvider.GetUtcNow() - options.SettleTime, parameters, share),
                        detection,
                        share,
                        ResultRows.TokenKey
                    ),
                Range(KqlPrelude.Earliest(lookBack, window: null)),
                KqlPartition.Whole,
                byToken: true,
                () => Task.CompletedTask,
                $"Running {detection.Id} again",
                cancellationToken
            );
            await foreach (var row in results)
            {
                var again = ResultRows.Sighting(row);
                foreach (var earlier in known[Key(again)])
                {
                    yield return earlier with
                    {
                        Verdict = again.Verdict,
                    };
                }
            }
        }
    }

    public Task CompleteAsync(SweepBatch batch, CancellationToken cancellationToken) =>
        _progress.CompleteAsync(ArrivalWindow.Parse(batch.Id), cancellationToken, batch);

    public Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken) => _progress.AgainAsync(since, cancellationToken);

    public async Task<LastIssuances> LastIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var query = KqlPrelude.OfIssuer(iss, kids, since, timeProvider.GetUtcNow()) + IssuanceQuery.Kql;
        var result = await client.QueryWorkspaceAsync(
            _workspace,
            query,
            Range(KqlPrelude.Earliest(new(since, null), window: null)),
            "Looking for the last issuance",
            cancellationToken
        );
        var row =
            result.Table.RowCount == 1 ? result.Table.Rows.Single() : throw LogsErrors.Misunderstood("the last issuances are one row");
        return new(
            row.GetDateTimeOffset(nameof(LastIssuances.OfKids)),
            row.GetDateTimeOffset(nameof(LastIssuances.WithoutKid)),
            row.GetDateTimeOffset(nameof(LastIssuances.OfIssuer))
        );
    }

    public async Task<LiveIssuances> LiveIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var result = await client.QueryWorkspaceAsync(
            _workspace,
            KqlPrelude.OfIssuer(iss, kids, since, timeProvider.GetUtcNow()) + KqlPrelude.At(at) + LiveQuery.Kql,
            Range(KqlPrelude.Earliest(new(since, null), window: null)),
            "Counting live tokens",
            cancellationToken
        );
        var counts = result.Table.Rows.ToDictionary(r => r.GetString("What") ?? "", r => r.GetInt64("Count") ?? 0, StringComparer.Ordinal);
        return
            counts.TryGetValue("tokens", out var tokens)
            && counts.TryGetValue("callers", out var callers)
            && counts.TryGetValue("without-kid", out var withoutKid)
            ? new(tokens, callers, withoutKid)
            : throw LogsErrors.Misunderstood("live tokens are three counts");
    }

    public async Task<LoggedUses> UsesAsync(AskedToken asked, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var result = await client.QueryWorkspaceAsync(
            _workspace,
            KqlPrelude.OfToken(asked, since) + UsesQuery.Kql,
            Range(WorkspaceRows.EarliestOfEvent(since)),
            "Looking for the gateways of a token",
            cancellationToken
        );
        return new([
            .. result.Table.Rows.Select(r => new GatewayUse(
                r.GetString(nameof(GatewayUse.Gateway)) ?? "",
                r.GetDateTimeOffset(nameof(GatewayUse.FirstSeen)) ?? throw Missing(),
                r.GetDateTimeOffset(nameof(GatewayUse.LastSeen)) ?? throw Missing(),
                r.GetInt64(nameof(GatewayUse.Accesses)) ?? throw Missing()
            )),
        ]);

        static Exception Missing() => LogsErrors.Misunderstood("the uses of a token have times and a count");
    }

    public Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancellationToken) => _progress.FindAsync(cancellationToken);

    private IAsyncEnumerable<LogsTableRow> RowsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        IReadOnlyList<string> key,
        bool byToken,
        CancellationToken cancellationToken
    )
    {
        var window = ArrivalWindow.Parse(batch.Id);
        var known = batch with { EarliestEvent = batch.EarliestEvent ?? window.From };
        var lookBack = byToken ? LookBack.Of(known, parameters) : LookBack.OfGaps(known, parameters);
        return _query.RowsAsync(
            share =>
                Sent(
                    KqlPrelude.OfBatch(window, known.EarliestEvent!.Value, lookBack, batch.ArrivedUntil, parameters, share),
                    detection,
                    share,
                    key
                ),
            Range(KqlPrelude.Earliest(lookBack, window)),
            byToken ? KqlPartition.OfTokensAt(window.Share, window.Shares) : KqlPartition.Whole,
            byToken,
            // Only a detection that must run makes shares: neither one of gaps, which needs whole logs, nor a quiet one.
            () => byToken && detection.IsLive ? _progress.TimedOutAsync(window, cancellationToken) : Task.CompletedTask,
            $"Running {detection.Id}",
            cancellationToken
        );
    }

    /// <summary>The span of rows that have arrived by now.</summary>
    private QueryTimeRange Range(DateTimeOffset earliest) => new(earliest, WorkspaceRows.EndOfArrival(timeProvider.GetUtcNow()));

    private static string Sent(string prelude, Detection detection, KqlPartition share, IEnumerable<string> key) =>
        prelude + detection.Kql.TrimEnd() + share.OfRows(key);

    /// <summary>Splits sightings by the maximum query length; at least one per query.</summary>
    private static IEnumerable<IReadOnlyList<(Sighting Seen, string Row)>> Chunks(IReadOnlyList<Sighting> seen)
    {
        var chunk = new List<(Sighting, string)>();
        var length = 0;
        foreach (var sighting in seen)
        {
            var row = KqlPrelude.RowsOf(sighting);
            if (chunk.Count > 0 && length + Encoding.UTF8.GetByteCount(row) > LongestQuery)
            {
                yield return chunk;
                (chunk, length) = ([], 0);
            }

            chunk.Add((sighting, row));
            length += Encoding.UTF8.GetByteCount(row);
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }

    // Treat an empty text as missing.
    private static (PresentedToken Token, string? Address) Key(Sighting sighting)
    {
        var token = sighting.Token;
        return (
            token with
            {
                Jti = Some(token.Jti),
                Kid = Some(token.Kid),
                Sub = Some(token.Sub),
                Aud = Some(token.Aud),
                SigningInputSha256 = Some(token.SigningInputSha256),
                KeyThumbprint = Some(token.KeyThumbprint),
            },
            Some(sighting.SrcIpAddr)
        );

        static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private static void Require(Detection detection, DetectionRows rows)
    {
        if (detection.Yields != rows)
        {
            throw new ArgumentException($"The detection {detection.Id} yields {detection.Yields}, not {rows}.", nameof(detection));
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
