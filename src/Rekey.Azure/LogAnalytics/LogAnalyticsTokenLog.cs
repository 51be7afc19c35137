using System.Runtime.CompilerServices;
using System.Text;
using Rekey.Ledgers;
using Rekey.Sweeps;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The two log streams in a Log Analytics workspace, which does the joins itself.</summary>
public sealed class LogAnalyticsTokenLog(LogsQueryClient client, ILedgerRecords<SweepWatermark> records, LogAnalyticsOptions options, TimeProvider time) : ITokenLog
{
    // What the service takes as a query is not documented: far below what it was seen to take, and some hundred sightings.
    private const int LongestQuery = 256 * 1024;

    private readonly string _workspace = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));
    private readonly SweepProgress _progress = new(records, options, time);
    private readonly PartitionedQuery _query = new(client, options.WorkspaceId ?? "");
    private readonly ViewCheck _views = new(client, options.WorkspaceId ?? "");

    /// <exception cref="CannotContinueException">Accesses cannot be judged as the views are; see <see cref="LogsReasons"/>.</exception>
    public async Task<SweepBatch?> NextAsync(CancellationToken cancel)
    {
        var since = await _progress.FindAsync(cancel) ?? await BeginAsync(cancel);
        if (since is null || await _progress.NextAsync(since.Value, cancel) is not { } window)
        {
            return null;
        }

        var facts = await CountAsync(window, cancel);
        await _views.RefuseAsync(facts, cancel);
        // The first of several shares tells of all of them.
        var (accesses, badLines) = window.Share == 0 ? (facts.Accesses, facts.BadLines) : (0, 0);
        return new SweepBatch(window.Id, accesses, facts.EarliestEvent, window.Until, badLines) 
        {
            EarliestIssuedAt = facts.EarliestIssuedAt,
            IsLaterShare = window.Share > 0,
            CountedAs = (window with { Share = 0, Shares = 1 }).Id,
        };
    }

    /// <summary>The first sweep begins where issuances do: what was accepted before them cannot be judged. Null when nothing is logged yet.</summary>
    private async Task<DateTimeOffset?> BeginAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var earliest = now - options.FirstLookBack;
        if (await _views.FirstIssuanceAsync(earliest, cancel) is { } first)
        {
            return await _progress.BeginAsync(Later(first, earliest), cancel);
        }

        await _views.RefuseAsync(await CountAsync(new ArrivalWindow(now - options.MaxWindow, now - options.MaxWindow, now), cancel), cancel);
        return null;
    }

    private async Task<BatchFacts> CountAsync(ArrivalWindow window, CancellationToken cancel)
    {
        var counted = await client.QueryWorkspaceAsync(_workspace, BatchFacts.Query(window, options.MaxLookBack), "Counting what arrived", cancel);
        return BatchFacts.Read(counted.Table, window, options.MaxLookBack);
    }

    public async IAsyncEnumerable<Sighting> DetectAsync(Detection detection, SweepBatch batch, SweepParameters parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        Require(detection, DetectionRows.Tokens);
        await foreach (var row in RowsAsync(detection, batch, parameters, ResultRows.TokenKey, byToken: true, cancel))
        {
            yield return ResultRows.Sighting(row);
        }
    }

    public async IAsyncEnumerable<IssuanceGap> FindGapsAsync(Detection detection, SweepBatch batch, SweepParameters parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        Require(detection, DetectionRows.Gaps);
        await foreach (var row in RowsAsync(detection, batch, parameters, ResultRows.GapKey, byToken: false, cancel))
        {
            yield return ResultRows.Gap(row);
        }
    }

    /// <remarks>What is seen again comes out with the times and the count it was seen with.</remarks>
    public async IAsyncEnumerable<Sighting> DetectAgainAsync(Detection detection, IReadOnlyList<Sighting> seen, SweepParameters parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        Require(detection, DetectionRows.Tokens);
        foreach (var chunk in Chunks(seen))
        {
            var known = chunk.ToLookup(c => Key(c.Seen), c => c.Seen);
            var rows = chunk.Select(c => c.Row).ToArray();
            var lookBack = LookBack.Of([.. chunk.Select(c => c.Seen)], options.MaxLookBack, parameters);
            var results = _query.RowsAsync(
                share => Sent(KqlPrelude.OfSightings(rows, lookBack, time.GetUtcNow() - options.SettleTime, parameters, share), detection, share, ResultRows.TokenKey),
                KqlPartition.Whole, byToken: true, () => Task.CompletedTask, $"Running {detection.Id} again", cancel);
            await foreach (var row in results)
            {
                var again = ResultRows.Sighting(row);
                foreach (var earlier in known[Key(again)])
                {
                    yield return earlier with { Verdict = again.Verdict };
                }
            }
        }
    }

    public Task CompleteAsync(SweepBatch batch, CancellationToken cancel) => _progress.CompleteAsync(ArrivalWindow.Parse(batch.Id), cancel, batch);

    public Task AgainAsync(DateTimeOffset since, CancellationToken cancel) => _progress.AgainAsync(since, cancel);

    public async Task<LastIssuances> LastIssuancesAsync(
        string iss, IReadOnlyCollection<string> kids, DateTimeOffset since, CancellationToken cancel)
    {
        var query = KqlPrelude.OfIssuer(iss, kids, since) + IssuanceQuery.Kql;
        var result = await client.QueryWorkspaceAsync(_workspace, query, "Looking for the last issuance", cancel);
        var row = result.Table.RowCount == 1 ? result.Table.Rows.Single()
            : throw LogsErrors.Misunderstood("the last issuances are one row");
        return new(row.GetDateTimeOffset(nameof(LastIssuances.OfKids)), row.GetDateTimeOffset(nameof(LastIssuances.WithoutKid)),
            row.GetDateTimeOffset(nameof(LastIssuances.OfIssuer)));
    }

    public Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancel) => _progress.FindAsync(cancel);

    private IAsyncEnumerable<LogsTableRow> RowsAsync(Detection detection, SweepBatch batch, SweepParameters parameters, IReadOnlyList<string> key, bool byToken, CancellationToken cancel)
    {
        var window = ArrivalWindow.Parse(batch.Id);
        var known = batch with { EarliestEvent = batch.EarliestEvent ?? window.From };
        var lookBack = byToken ? LookBack.Of(known, parameters) : LookBack.OfGaps(known, parameters);
        return _query.RowsAsync(share => Sent(KqlPrelude.OfBatch(window, known.EarliestEvent!.Value, lookBack, batch.ArrivedUntil, parameters, share), detection, share, key),
            byToken ? KqlPartition.OfTokensAt(window.Share, window.Shares) : KqlPartition.Whole, byToken, () => byToken ? _progress.TimedOutAsync(window, cancel) : Task.CompletedTask, $"Running {detection.Id}", cancel);
    }

    private static string Sent(string prelude, Detection detection, KqlPartition share, IEnumerable<string> key) => prelude + detection.Kql.TrimEnd() + share.OfRows(key);

    /// <summary>As many sightings at once as a query may be long; one at least.</summary>
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

    // An empty text and a missing one are the same.
    private static (PresentedToken Token, string? Address) Key(Sighting sighting)
    {
        var token = sighting.Token;
        return (token with { Jti = Some(token.Jti), Kid = Some(token.Kid), Sub = Some(token.Sub), Aud = Some(token.Aud), SigningInputSha256 = Some(token.SigningInputSha256), KeyThumbprint = Some(token.KeyThumbprint) },
            Some(sighting.SrcIpAddr));

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
