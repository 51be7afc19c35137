using System.Globalization;
using Rekey.Findings;
using Rekey.Rotations.Planning;
using Rekey.Rotations.Tokens;

namespace Rekey.Rotations.Outcomes;

/// <summary>
/// Reports what Rekey would have done while it only observes: a finding for each departure and each campaign of forged tokens, and a
/// digest of each week. It reads the ledger alone, and may be repeated.
/// </summary>
public sealed class ObservedResponses(RotationLedger rotations, TokensOfKeys tokens, IFindings findings, TimeProvider timeProvider)
{
    /// <summary>How many departures and campaigns have a finding of their own at the same time. The digest counts all.</summary>
    private const int MaxFindings = 20;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Runs on the timer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var observed = (await rotations.ReadAsync(cancellationToken)).Observed.ToList();

        // 1. Report what was observed in the last seven days.
        await ReconcileAsync(
            FindingKinds.ResponseObserved,
            [
                .. observed
                    .Where(c => c.At > now - Week && SubjectOf(c) is not null)
                    .GroupBy(c => SubjectOf(c)!, StringComparer.Ordinal)
                    .OrderBy(g => g.Min(c => c.At))
                    .ThenBy(g => g.Key, StringComparer.Ordinal)
                    .Take(MaxFindings)
                    .Select(g => new Report(g.ToList(), counted => RotationFindings.Observed(g.Key, [.. g], counted, now))),
            ],
            cancellationToken
        );

        // 2. Report the last whole week, which ended on Monday at 00:00 UTC.
        var monday = new DateTimeOffset(
            ISOWeek.ToDateTime(ISOWeek.GetYear(now.UtcDateTime), ISOWeek.GetWeekOfYear(now.UtcDateTime), DayOfWeek.Monday),
            TimeSpan.Zero
        );
        var week = observed.Where(c => c.At >= monday - Week && c.At < monday).ToList();
        await ReconcileAsync(
            FindingKinds.ObservedWeek,
            week.Count == 0 ? [] : [new(week, counted => RotationFindings.ObservedWeek(monday - Week, week, counted, now))],
            cancellationToken
        );
    }

    /// <summary>The departure or the campaign; null for a rotation by age, which only the digest counts.</summary>
    internal static string? SubjectOf(RecordedCause cause) =>
        RotationCause.IsAge(cause.Cause) ? null : RotationCause.DepartureOf(cause.Cause) ?? cause.Cause;

    private async Task ReconcileAsync(string kind, IReadOnlyList<Report> wanted, CancellationToken cancellationToken)
    {
        var open = await findings.ReadOpenAsync(kind, cancellationToken);
        var notCounted = LiveTokenCount.Unknown(timeProvider.GetUtcNow(), because: "");
        var named = wanted.Select(w => (Report: w, Finding: w.Make(notCounted))).ToList();
        foreach (var (report, finding) in named)
        {
            // The logs are asked once for each report, not each time that the timer runs.
            if (!open.Any(o => o.Id == finding.Id && o.Milestone == finding.Milestone))
            {
                var counted = await tokens.OfTrustedAsync(RotationFindings.KeysAtOnce(report.Causes), cancellationToken);
                await findings.RaiseAsync(report.Make(counted), cancellationToken);
            }
        }

        await findings.CloseOthersAsync(kind, about: "", [.. named.Select(n => n.Finding.Id)], FindingClosings.Of(kind), cancellationToken);
    }

    /// <summary>A finding that is made when its live tokens are counted.</summary>
    private sealed record Report(IReadOnlyList<RecordedCause> Causes, Func<LiveTokenCount, Finding> Make);
}
