using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions.Findings;

/// <summary>Keeps findings in their table, and what is told of each in the ledger, from where it is announced.</summary>
public sealed class LedgeredFindings(
    IRecords<Finding> findings, ILedger ledger, FindingLedger told, TimeProvider clock, ILogger<LedgeredFindings> log) : IFindings
{
    public async Task RaiseAsync(Finding finding, CancellationToken cancel)
    {
        while (true)
        {
            // 1. What is known of it, and what was reported? A row that cannot be read hides nothing, nor does one that says more than the
            // ledger, or is gone.
            var (read, isReadable) = await FindAsync(finding.Id, cancel);
            var said = await ToldAsync(finding, read?.Value, cancel);
            var next = Next(read?.Value, finding, said);
            if (read is not null && said.IsOpen && said.Milestone == (next.Milestone ?? "") && SaySame(read.Value, next))
            {
                return;
            }

            // 2. On record first, when there is something to tell; what stands there is not recorded again.
            var line = await TellAsync(next, said, cancel);
            if (!said.IsOpen)
            {
                log.LogError("{Severity} finding: {Title} {Remedy} Id: {Id}. Ledger: {Line}{Unkept}", next.Severity, next.Title,
                    next.Remedy, next.Id, line?.Number,
                    isReadable ? "" : ". It cannot be kept: its row in the table of findings cannot be read");
            }

            // 3. Then the table. Somebody else may have raised it too: look again.
            if (!isReadable || (read is null ? await findings.InsertAsync(next, cancel)
                : await findings.ReplaceAsync(read, next, cancel)) is not null)
            {
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

    /// <summary>What the ledger has of it; while it is broken, what the row says: nothing can be held against it.</summary>
    private async Task<ToldFinding> ToldAsync(Finding finding, Finding? row, CancellationToken cancel)
    {
        try
        {
            var said = await told.OfAsync(finding.Id, cancel);
            return said with { Milestone = said.Milestone ?? row?.Milestone ?? "" };
        }
        catch (CannotContinueException)
        {
            return row is null ? ToldFinding.Never : new(row.Opening, row.ClosedAt is null, row.Milestone ?? "");
        }
        catch (RetryLaterException)
        {
            // The ledger and the dead letters are in one account. While it is away this is the only place where anybody hears of it.
            log.LogCritical("{Severity} finding, which cannot be put on record now: {Title} {Remedy} Id: {Id}.", finding.Severity,
                finding.Title, finding.Remedy, finding.Id);
            throw;
        }
    }

    private Finding Next(Finding? standing, Finding seen, ToldFinding said) => seen with
    {
        RaisedAt = standing is { ClosedAt: null } && said.IsOpen ? standing.RaisedAt : clock.GetUtcNow(),
        FirstSeen = standing?.FirstSeen < seen.FirstSeen ? standing.FirstSeen : seen.FirstSeen,
        LastSeen = standing?.LastSeen > seen.LastSeen ? standing.LastSeen : seen.LastSeen,
        Opening = said.IsOpen ? said.Openings : said.Openings + 1,
    };

    private static bool SaySame(Finding standing, Finding next) =>
        standing.ClosedAt is null && standing.FirstSeen == next.FirstSeen && standing.LastSeen == next.LastSeen
        && standing.Severity == next.Severity && standing.Title == next.Title && standing.Milestone == next.Milestone
        && standing.Evidence.Count == next.Evidence.Count
            && standing.Evidence.All(e => next.Evidence.TryGetValue(e.Key, out var value) && value == e.Value);

    private Task<LedgerLine?> TellAsync(Finding next, ToldFinding said, CancellationToken cancel) =>
        !said.IsOpen ? RecordAsync(next.Opening == 1 ? $"finding-raised/{next.Id}" : $"finding-raised/{next.Id}/{next.Opening}",
            LedgerKinds.FindingRaised, next, cancel)
        : said.Milestone != (next.Milestone ?? "")
            ? RecordAsync($"finding-updated/{next.Id}/{next.Opening}/{next.Milestone}", LedgerKinds.FindingUpdated, next, cancel)
        : Task.FromResult<LedgerLine?>(null);

    /// <summary>The line; null when the ledger is broken. That is when people most need to hear of it, so the finding goes on without
    /// one.</summary>
    private async Task<LedgerLine?> RecordAsync(string id, string kind, Finding finding, CancellationToken cancel)
    {
        try
        {
            return await ledger.AppendAsync(
                new(id, kind, finding.About, new Dictionary<string, string>(finding.Evidence, StringComparer.Ordinal)
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
                ["milestone"] = finding.Milestone ?? "",
            }), cancel);
        }
        catch (CannotContinueException e)
        {
            log.LogCritical("A finding cannot be put on record: {Message} {Remedy}", e.Message, e.Remedy);
            return null;
        }
    }
}
