namespace Rekey.Findings.Record;

/// <summary>Closes findings whose end Rekey cannot see, when they were not seen for some time.</summary>
public sealed class CloseQuietFindings(FindingLedger onRecord, IFindings findings, TimeProvider timeProvider)
{
    /// <summary>Runs on the timer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A finding that is still seen has a line a day at least.
        var now = timeProvider.GetUtcNow();
        foreach (var reported in (await onRecord.ReadAsync(cancellationToken)).Reported.ToList())
        {
            if (FindingClosings.IsQuiet(reported.Finding.Kind) && now - reported.At >= FindingClosings.Quiet)
            {
                await findings.CloseAsync(reported.Finding.Id, FindingClosings.Of(reported.Finding.Kind), cancellationToken);
            }
        }
    }
}
