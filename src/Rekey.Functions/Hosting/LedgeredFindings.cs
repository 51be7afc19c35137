using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions;

/// <summary>Keeps findings in their table, and what is told of each in the ledger, from where it is announced.</summary>
public sealed class LedgeredFindings(IRecords<Finding> findings, ILedger ledger, FindingLedger told, TimeProvider clock, ILogger<LedgeredFindings> log) : IFindings
{
    public async Task RaiseAsync(Finding finding, CancellationToken cancel)
    {
        while (true)
        {
            // 1. What is known of it? A row that nobody can read hides nothing: it is told all the same.
            if (await FindAsync(finding.Id, cancel) is not (var read, true))
            {
                await TellAsync(standing: null, finding with { RaisedAt = clock.GetUtcNow() }, cancel);
                log.LogError("{Severity} finding: {Title} {Remedy} Id: {Id}. It cannot be kept: its row in the table of findings cannot be read.", finding.Severity, finding.Title, finding.Remedy, finding.Id);
                return;
            }

            // 2. A row alone does not make it known either.
            var isTold = read is null or { Value.ClosedAt: not null } || await IsToldAsync(finding.Id, cancel);
            var next = read is null ? finding with { RaisedAt = clock.GetUtcNow() } : Later(read.Value, finding, isTold);
            if (read is not null && isTold && SaySame(read.Value, next))
            {
                return;
            }

            // 3. On record first, when there is something to tell; what stands there is not recorded again.
            var line = await TellAsync(isTold ? read?.Value : read!.Value with { ClosedAt = read.Value.LastSeen }, next, cancel);

            // 4. Then the table. Somebody else may have raised it too: look again.
            if ((read is null ? await findings.InsertAsync(next, cancel) : await findings.ReplaceAsync(read, next, cancel)) is not null)
            {
                if (read is null or { Value.ClosedAt: not null } || !isTold)
                {
                    log.LogError("{Severity} finding: {Title} {Remedy} Id: {Id}. Ledger: {Line}", next.Severity, next.Title, next.Remedy, next.Id, line?.Number);
                }

                return;
            }
        }
    }

    public async Task CloseAsync(string findingId, string because, CancellationToken cancel)
    {
        while (await FindAsync(findingId, cancel) is ({ Value.ClosedAt: null } read, true))
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

    private async Task<(Versioned<Finding>? Read, bool IsReadable)> FindAsync(string findingId, CancellationToken cancel)
    {
        try
        {
            return (await findings.FindAsync("finding", findingId, cancel), true);
        }
        catch (CannotContinueException e) when (e.UnreadableRows.Count > 0)
        {
            return (null, false);
        }
    }

    /// <summary>True while the ledger is broken: nothing can be held against it.</summary>
    private async Task<bool> IsToldAsync(string findingId, CancellationToken cancel)
    {
        try
        {
            return await told.IsOpenAsync(findingId, cancel);
        }
        catch (CannotContinueException)
        {
            return true;
        }
    }

    /// <param name="isTold">Otherwise it is opened now, whatever the row says.</param>
    private Finding Later(Finding standing, Finding seen, bool isTold) => seen with
    {
        RaisedAt = standing.ClosedAt is null && isTold ? standing.RaisedAt : clock.GetUtcNow(),
        FirstSeen = standing.FirstSeen < seen.FirstSeen ? standing.FirstSeen : seen.FirstSeen,
        LastSeen = standing.LastSeen > seen.LastSeen ? standing.LastSeen : seen.LastSeen,
        Opening = standing.ClosedAt is null && isTold ? standing.Opening : standing.Opening + 1,
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
