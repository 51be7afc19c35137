using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions;

/// <summary>Keeps findings in their table, and each in the ledger, from where it is announced.</summary>
public sealed class LedgeredFindings(IRecords<Finding> findings, ILedger ledger, ILogger<LedgeredFindings> log) : IFindings
{
    public async Task RaiseAsync(Finding finding, CancellationToken cancel)
    {
        // 1. On record first; a finding that is known is not recorded again.
        var line = await RecordAsync(finding, cancel);

        // 2. Then the table.
        if (await findings.InsertAsync(finding, cancel) is not null)
        {
            log.LogError("{Severity} finding: {Title} {Remedy} Id: {Id}. Ledger: {Line}", finding.Severity, finding.Title, finding.Remedy, finding.Id, line?.Number);
            return;
        }

        while (await findings.FindAsync(finding.Partition, finding.Row, cancel) is { } read
            && read.Value.LastSeen < finding.LastSeen
            && await findings.ReplaceAsync(read, finding with { FirstSeen = read.Value.FirstSeen }, cancel) is null)
        {
            // Somebody raised it too: look again who saw it last.
        }
    }

    /// <summary>The line; null when the ledger is broken. That is when people most need to hear of it, so the finding goes on without one.</summary>
    private async Task<LedgerLine?> RecordAsync(Finding finding, CancellationToken cancel)
    {
        try
        {
            return await ledger.AppendAsync(new($"finding-raised/{finding.Id}", LedgerKinds.FindingRaised, finding.About, new Dictionary<string, string>(finding.Evidence, StringComparer.Ordinal)
            {
                ["finding"] = finding.Id,
                ["kind"] = finding.Kind,
                ["severity"] = finding.Severity.ToString(),
                ["title"] = finding.Title,
                ["remedy"] = finding.Remedy,
            }), cancel);
        }
        catch (CannotContinueException e)
        {
            log.LogCritical("A finding cannot be put on record: {Message} {Remedy}", e.Message, e.Remedy);
            return null;
        }
    }
}
