using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions;

/// <summary>Keeps findings in their table, and what is told of each in the ledger, from where it is announced.</summary>
public sealed class LedgeredFindings(IRecords<Finding> findings, ILedger ledger, TimeProvider clock, ILogger<LedgeredFindings> log) : IFindings
{
    public async Task RaiseAsync(Finding finding, CancellationToken cancel)
    {
        while (true)
        {
            // 1. What is known of it?
            var read = await findings.FindAsync(finding.Partition, finding.Row, cancel);
            var next = read is null ? finding with { RaisedAt = clock.GetUtcNow() } : Later(read.Value, finding);
            if (read is not null && SaySame(read.Value, next))
            {
                return;
            }

            // 2. On record first, when there is something to tell; what stands there is not recorded again.
            var line = await TellAsync(read?.Value, next, cancel);

            // 3. Then the table. Somebody else may have raised it too: look again.
            if ((read is null ? await findings.InsertAsync(next, cancel) : await findings.ReplaceAsync(read, next, cancel)) is not null)
            {
                if (read is null or { Value.ClosedAt: not null })
                {
                    log.LogError("{Severity} finding: {Title} {Remedy} Id: {Id}. Ledger: {Line}", next.Severity, next.Title, next.Remedy, next.Id, line?.Number);
                }

                return;
            }
        }
    }

    public async Task CloseAsync(string findingId, string because, CancellationToken cancel)
    {
        while (await findings.FindAsync("finding", findingId, cancel) is { Value.ClosedAt: null } read)
        {
            var closed = read.Value with { ClosedAt = clock.GetUtcNow(), ClosedBecause = because };
            await RecordAsync($"finding-closed/{findingId}/{closed.Opening}", LedgerKinds.FindingClosed, closed, cancel);
            if (await findings.ReplaceAsync(read, closed, cancel) is not null)
            {
                log.LogWarning("A finding is closed: {Title} {Because} Id: {Id}", closed.Title, because, findingId);
                return;
            }
        }
    }

    private Finding Later(Finding standing, Finding seen) => seen with
    {
        RaisedAt = standing.ClosedAt is null ? standing.RaisedAt : clock.GetUtcNow(),
        FirstSeen = standing.FirstSeen < seen.FirstSeen ? standing.FirstSeen : seen.FirstSeen,
        LastSeen = standing.LastSeen > seen.LastSeen ? standing.LastSeen : seen.LastSeen,
        Opening = standing.ClosedAt is null ? standing.Opening : standing.Opening + 1,
    };

    private static bool SaySame(Finding standing, Finding next) => standing.ClosedAt is null && standing.FirstSeen == next.FirstSeen && standing.LastSeen == next.LastSeen
        && standing.Severity == next.Severity && standing.Title == next.Title && standing.Milestone == next.Milestone
        && standing.Evidence.Count == next.Evidence.Count && standing.Evidence.All(e => next.Evidence.TryGetValue(e.Key, out var value) && value == e.Value);

    private Task<LedgerLine?> TellAsync(Finding? standing, Finding next, CancellationToken cancel) => standing switch
    {
        null => RecordAsync($"finding-raised/{next.Id}", LedgerKinds.FindingRaised, next, cancel),
        { ClosedAt: not null } => RecordAsync($"finding-raised/{next.Id}/{next.Opening}", LedgerKinds.FindingRaised, next, cancel),
        _ when standing.Milestone != next.Milestone => RecordAsync($"finding-updated/{next.Id}/{next.Opening}/{next.Milestone}", LedgerKinds.FindingUpdated, next, cancel),
        _ => Task.FromResult<LedgerLine?>(null),
    };

    /// <summary>The line; null when the ledger is broken. That is when people most need to hear of it, so the finding goes on without one.</summary>
    private async Task<LedgerLine?> RecordAsync(string id, string kind, Finding finding, CancellationToken cancel)
    {
        try
        {
            return await ledger.AppendAsync(new(id, kind, finding.About, new Dictionary<string, string>(finding.Evidence, StringComparer.Ordinal)
            {
                ["finding"] = finding.Id,
                ["kind"] = finding.Kind,
                ["severity"] = finding.Severity.ToString(),
                ["title"] = finding.Title,
                ["remedy"] = finding.Remedy,
                ["raised"] = (finding.RaisedAt ?? finding.FirstSeen).ToString("O"),
                ["firstSeen"] = finding.FirstSeen.ToString("O"),
                ["lastSeen"] = finding.LastSeen.ToString("O"),
                ["because"] = finding.ClosedBecause ?? "",
            }), cancel);
        }
        catch (CannotContinueException e)
        {
            log.LogCritical("A finding cannot be put on record: {Message} {Remedy}", e.Message, e.Remedy);
            return null;
        }
    }
}
