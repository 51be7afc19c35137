using System.Runtime.CompilerServices;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Sweeps;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Detections.Logs;

/// <summary>One process's way to the logs: an engine that follows the definitions and nothing else.</summary>
public sealed class MemoryTokenLog(TokenLogs logs, TimeProvider timeProvider, Fate fate) : ITokenLog
{
    private int _again;

    public Task<SweepBatch?> NextAsync(CancellationToken cancellationToken) => DoAsync("next", () =>
        {
            _again = logs.Again;
            var until = timeProvider.GetUtcNow() - logs.SettleTime;
            var settled = logs.ArrivedAt.Count(a => a <= until);
            if (logs.Judged >= settled)
            {
                return null;
            }

            var end = (int)Math.Min(settled, (long)logs.Judged + logs.BatchSize);
            var lines = Lines(logs.Judged, end);
            return new SweepBatch($"{logs.Judged}-{end}", lines.Count, lines.Min(l => l.TimeGenerated), until, logs.BadLines)
            {
                EarliestIssuedAt = lines.Min(l => l.Token.IssuedAt),
                CountedAs = logs.CountedAs ?? $"{logs.Judged}-{end}",
            };
        });

    public async IAsyncEnumerable<Sighting> DetectAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var found = await DoAsync($"detect {detection.Id}", () =>
        {
            var (from, end) = Range(batch);
            var lines = Lines(from, end);
            var lookBack = LookBack.Of(batch, parameters);
            var outlived = lines
                .Where(l => LookBack.IsOutlived(l.Token.IssuedAt, l.TimeGenerated, parameters))
                .Select(l => l.Token.Jti)
                .ToHashSet(StringComparer.Ordinal);
            bool InSight(DateTimeOffset at, string? jti) => at >= lookBack.From || (at >= lookBack.OutlivedFrom && outlived.Contains(jti));
            return Definitions
                .Judge(
                    NameOf(detection),
                    lines,
                    [.. logs.Accessed.Take(end).Where(a => InSight(a.TimeGenerated, a.Token.Jti))],
                    [.. Read().Where(i => InSight(i.TimeGenerated, i.Jti))],
                    parameters
                )
                .Select(Weighed)
                .ToList();
        });
        foreach (var sighting in found)
        {
            await fate.ReadAsync(() => Task.FromResult(0));
            yield return sighting;
        }
    }

    public async IAsyncEnumerable<Sighting> DetectAgainAsync(
        Detection detection,
        IReadOnlyList<Sighting> seen,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Only what was handed over is known: one access at the first time and one at the last.
        var accesses = seen.SelectMany(s => new[] { s.FirstSeen, s.LastSeen }.Select(at => new SeenLine(at, s.Token, s.SrcIpAddr)))
            .ToList();
        foreach (
            var sighting in await DoAsync($"again {detection.Id}", () =>
                Definitions.Judge(NameOf(detection), accesses, accesses, Read(), parameters).Select(Weighed).ToList()
            )
        )
        {
            yield return sighting;
        }
    }

    public async IAsyncEnumerable<IssuanceGap> FindGapsAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var sight = LookBack.OfGaps(batch, parameters);
        foreach (
            var gap in await DoAsync("gaps", () =>
                Gaps(detection, [.. logs.Issued.Where(i => i.TimeGenerated >= sight.IssuedFrom)]).ToList()
            )
        )
        {
            yield return gap;
        }

        IEnumerable<IssuanceGap> Gaps(Detection asked, IReadOnlyList<MintedLine> issued) =>
            asked.Id.Contains("issuance-gap", StringComparison.Ordinal)
                ? Definitions.Gaps(issued, batch.ArrivedUntil, parameters).Concat(logs.Unreadable)
                : Definitions.SilentIssuers(
                    [.. logs.Accessed.Take(Range(batch).End).Where(a => a.TimeGenerated >= sight.From)],
                    issued,
                    batch.ArrivedUntil,
                    parameters
                );
    }

    public Task CompleteAsync(SweepBatch batch, CancellationToken cancellationToken) => DoAsync("complete", () =>
        {
            logs.JudgedUntil = batch.ArrivedUntil;
            return logs.Judged = _again == logs.Again ? Math.Max(logs.Judged, Range(batch).End) : logs.Judged;
        });

    public Task AgainAsync(DateTimeOffset since, CancellationToken cancellationToken) => DoAsync("again", () =>
        {
            logs.Again++;
            return logs.Judged = Math.Min(logs.Judged, logs.Accessed.TakeWhile(a => a.TimeGenerated < since).Count());
        });

    public Task<LastIssuances> LastIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => DoAsync("last issuances", () =>
        {
            var lines = logs.Issued.Where(i => i.Iss == iss && i.TimeGenerated >= since).ToList();
            return new LastIssuances(
                Last(i => kids.Contains(i.Kid)),
                Last(i => i.Kid is null),
                Last(i => i.TimeGenerated < timeProvider.GetUtcNow().AddDays(1)),
                logs.IsWhole
            );

            DateTimeOffset? Last(Func<MintedLine, bool> which) => lines.Where(which).Max(i => (DateTimeOffset?)i.TimeGenerated);
        });

    public Task<LiveIssuances> LiveIssuancesAsync(
        string iss,
        IReadOnlyCollection<string> kids,
        DateTimeOffset since,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => DoAsync("live issuances", () =>
        {
            var lines = logs.Issued.Where(i => i.Iss == iss && i.TimeGenerated >= since && !(i.ExpiresAt <= at)).ToList();
            return new LiveIssuances(
                lines.Where(i => kids.Contains(i.Kid)).Select(i => i.Jti).Distinct().Count(),
                lines.Where(i => kids.Contains(i.Kid)).Select(i => i.Sub).Distinct().Count(),
                lines.Count(i => i.Kid is null),
                logs.IsWhole
            );
        });

    public Task<LoggedUses> UsesAsync(AskedToken asked, DateTimeOffset since, CancellationToken cancellationToken) =>
        DoAsync("uses", () =>
            new LoggedUses(
                [
                    .. logs
                        .Accessed.Where(a => a.TimeGenerated >= since && a.Token.Iss == asked.Iss && a.Token.Jti == asked.Jti)
                        .GroupBy(_ => "edge")
                        .Select(g => new GatewayUse(g.Key, g.Min(a => a.TimeGenerated), g.Max(a => a.TimeGenerated), g.Count())),
                ],
                logs.IsWhole
            )
        );

    public Task<DateTimeOffset?> JudgedUntilAsync(CancellationToken cancellationToken) => DoAsync("judged until", () => logs.JudgedUntil);

    /// <summary>The definition that a detection follows, whatever its own name is.</summary>
    private static string NameOf(Detection detection) => detection.Verdicts[0].Code();

    private IReadOnlyList<MintedLine> Read()
    {
        var left = logs.Accessed.Where(a => logs.LeftOut(a.Token)).Select(a => a.Token.Jti).ToHashSet(StringComparer.Ordinal);
        return [.. logs.Issued.Where(i => !left.Contains(i.Jti))];
    }

    private Sighting Weighed(Sighting seen) =>
        seen.Verdict is Verdict.Unissued
        && (
            logs.LeftOut(seen.Token)
            || logs.Unreadable.Exists(g => g.MayHide(seen.Token, seen.FirstSeen, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)))
        )
            ? seen with
            {
                IsUnsure = true,
            }
            : seen;

    private List<SeenLine> Lines(int from, int end) => logs.Accessed[Math.Max(0, from - logs.Overlap)..end];

    private static (int From, int End) Range(SweepBatch batch) =>
        batch.Id.Split('-') is [var from, var end] ? (int.Parse(from), int.Parse(end)) : throw new InvalidOperationException();

    private Task<T> DoAsync<T>(string call, Func<T> answer) => fate.DoAsync(call, () =>
        {
            logs.Calls.Add(call);
            logs.Fault(call);
            return Task.FromResult(answer());
        });
}
