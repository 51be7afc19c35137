using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Ledgers;

namespace Rekey.Functions.Findings;

/// <summary>
/// Writes findings to the log, where an alert rule reads them, and then to the ledger, from which Rekey announces them. The ledger says
/// which findings are open, so a written or deleted table row cannot hide one.
/// </summary>
public sealed class LedgeredFindings(ILedger ledger, FindingLedger onRecord, TimeProvider timeProvider, ILogger<LedgeredFindings> log)
    : IFindings
{
    /// <summary>The time after which a finding that the ledger does not take is logged again.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromHours(1);

    /// <summary>How often newer evidence, which is not announced again, goes to the ledger.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromHours(1);

    /// <summary>How often the ledger gets a line about a finding that is still seen and would close without that.</summary>
    private static readonly TimeSpan SeenAgain = TimeSpan.FromDays(1);

    /// <summary>How many findings are remembered; further ones are logged each time.</summary>
    private const int MaxUnrecorded = 1000;

    private readonly ConcurrentDictionary<string, (Finding Finding, DateTimeOffset SaidAt)> _unrecorded = new(StringComparer.Ordinal);

    /// <summary>Findings that this process raised and could not put in the ledger.</summary>
    public IEnumerable<Finding> Unrecorded => _unrecorded.Values.Select(u => u.Finding);

    public async Task<IReadOnlyList<Finding>> ReadOpenAsync(string kind, CancellationToken cancellationToken) =>
        [.. (await onRecord.ReadAsync(cancellationToken)).Open.Where(f => string.Equals(f.Kind, kind, StringComparison.Ordinal))];

    public async Task RaiseAsync(Finding finding, CancellationToken cancellationToken)
    {
        // Titles, remedies and evidence repeat messages of other services.
        finding = finding.WithoutSecrets();
        try
        {
            // 1. Read the ledger: a finding that was announced is not announced again.
            var recorded = await onRecord.ReadAsync(cancellationToken);
            var reported = recorded.FindReported(finding.Id);
            var open = reported?.Finding;
            if (reported is not null && !HasNews(reported, finding))
            {
                _unrecorded.TryRemove(finding.Id, out _);
                return;
            }

            // 2. The log first: it needs no storage.
            var next = finding with
            {
                RaisedAt = open?.RaisedAt ?? timeProvider.GetUtcNow(),
                FirstSeen = open?.FirstSeen < finding.FirstSeen ? open.FirstSeen : finding.FirstSeen,
                LastSeen = open?.LastSeen > finding.LastSeen ? open.LastSeen : finding.LastSeen,
                Opening = open?.Opening ?? recorded.OpeningsOf(finding.Id) + 1,
            };
            if (open is null || IsAlert(open, finding))
            {
                Say(next);
            }

            // 3. The ledger.
            await ledger.AppendAsync(
                reported is null ? FindingLine.Raise(next) : FindingLine.Update(next, reported.Line),
                cancellationToken
            );
            _unrecorded.TryRemove(finding.Id, out _);
        }
        catch (CannotContinueException e)
        {
            // The ledger is broken: people must see the finding all the more.
            Say(finding, e.Message);
        }
        catch (RetryLaterException e)
        {
            Say(finding, e.Message);
            throw;
        }
    }

    public async Task CloseAsync(string findingId, string because, CancellationToken cancellationToken) =>
        await CloseAsync(recorded => recorded.FindOpen(findingId) is { } open ? [open] : [], because, cancellationToken);

    public Task CloseOthersAsync(
        string kind,
        string about,
        IReadOnlyCollection<string> seen,
        string because,
        CancellationToken cancellationToken
    ) =>
        CloseAsync(
            recorded =>
                recorded.Open.Where(f =>
                    string.Equals(f.Kind, kind, StringComparison.Ordinal)
                    && f.About.StartsWith(about, StringComparison.Ordinal)
                    && !seen.Contains(f.Id, StringComparer.Ordinal)
                ),
            because,
            cancellationToken
        );

    private bool HasNews(ReportedFinding reported, Finding finding) =>
        reported.Finding.Milestone != finding.Milestone
        || reported.Finding.Severity < finding.Severity
        || IsAcknowledgementOver(reported.Finding)
        || (timeProvider.GetUtcNow() - reported.At >= Refresh && !HasSameEvidence(reported.Finding, finding))
        || (timeProvider.GetUtcNow() - reported.At >= SeenAgain && FindingClosings.IsQuiet(finding.Kind));

    /// <summary>Whether the alert rule hears of it again.</summary>
    private bool IsAlert(Finding open, Finding finding) =>
        finding.Severity > open.Severity
        || (finding.AlertsAtMilestones && finding.Milestone != open.Milestone)
        || IsAcknowledgementOver(open)
        || (open.Acknowledged is not null && finding.Milestone != open.Milestone);

    /// <summary>Whether it was acknowledged, and the time of that is over: it is reported when it is seen again.</summary>
    private bool IsAcknowledgementOver(Finding open) => open.Acknowledged?.Until <= timeProvider.GetUtcNow();

    private static bool HasSameEvidence(Finding reported, Finding finding) =>
        reported.Evidence.Count == finding.Evidence.Count
        && reported.Evidence.All(e =>
            finding.Evidence.TryGetValue(e.Key, out var value) && string.Equals(value, e.Value, StringComparison.Ordinal)
        );

    private async Task CloseAsync(Func<RecordedFindings, IEnumerable<Finding>> which, string because, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var open in which(await onRecord.ReadAsync(cancellationToken)))
            {
                await ledger.AppendAsync(FindingLine.Close(open with { ClosedBecause = because }), cancellationToken);
                log.LogWarning("A finding is closed: {Title} {Because} Id: {Id}", open.Title, because, open.Id);
            }
        }
        catch (CannotContinueException e)
        {
            log.LogWarning("Rekey cannot check whether a finding can be closed: {Message}", e.Message);
        }
    }

    /// <param name="unrecorded">Why the ledger does not take it; null when it does.</param>
    private void Say(Finding finding, string? unrecorded = null)
    {
        var now = timeProvider.GetUtcNow();
        if (_unrecorded.TryGetValue(finding.Id, out var said) && now - said.SaidAt < SayAgain)
        {
            return;
        }

        if (_unrecorded.Count < MaxUnrecorded)
        {
            _unrecorded[finding.Id] = (finding, now);
        }

        // The alert rule matches these words.
        log.LogError(
            "{Severity} finding: {Title} {Remedy} Id: {Id}.{Unrecorded}",
            finding.Severity,
            finding.Title,
            finding.Remedy,
            finding.Id,
            unrecorded is null ? "" : $" The ledger does not have it: {unrecorded}"
        );
    }
}
