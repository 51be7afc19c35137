using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>Raises a finding once when a published document is refused, and closes it when a good one is published again.</summary>
public sealed class DocumentRefusals(
    GovernedKeys governedKeys,
    IFindings findings,
    TimeProvider timeProvider,
    ILogger<DocumentRefusals> log
)
{
    /// <summary>How long a reading waits for the finding to be written; the log has it anyway.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The ids of findings that this instance has raised.</summary>
    private readonly ConcurrentDictionary<string, bool> _raised = new(StringComparer.Ordinal);

    /// <param name="finding">Makes the finding from environment, reason and time, with the same id each time.</param>
    public async Task RefusedAsync(Func<string, string, DateTimeOffset, Finding> finding, string why)
    {
        log.LogError("Rekey refuses a published document. Reason: {Reason}", why);
        var raised = finding(governedKeys.Environment, why, timeProvider.GetUtcNow());
        if (_raised.TryAdd(raised.Id, true))
        {
            await TellAsync(findings.RaiseAsync(raised, CancellationToken.None));
        }
    }

    /// <param name="finding">The finding that is closed if it was raised.</param>
    public async Task GoodAsync(Func<string, string, DateTimeOffset, Finding> finding)
    {
        var id = finding(governedKeys.Environment, "", timeProvider.GetUtcNow()).Id;
        if (_raised.TryRemove(id, out _))
        {
            await TellAsync(findings.CloseAsync(id, "A good document is published again.", CancellationToken.None));
        }
    }

    private async Task TellAsync(Task telling)
    {
        try
        {
            await telling.WaitAsync(Patience);
        }
        catch (Exception e) when (e is RetryLaterException or TimeoutException)
        {
            log.LogError("Rekey could not record a finding about a published document. Reason: {Reason}", e.Message);
        }
    }
}
