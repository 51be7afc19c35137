using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Functions.Trust;

/// <summary>Tells once of a published document that is refused, and closes that when a good one stands there again.</summary>
/// <param name="finding">The finding about a refusal, from its reason and time; with the same id each time.</param>
internal sealed class DocumentRefusals(
    Func<string, DateTimeOffset, Finding> finding,
    IFindings findings,
    TimeProvider timeProvider,
    ILogger log
)
{
    /// <summary>No reading waits longer than this because a finding cannot be written: the log has it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private bool _told;

    public async Task RefusedAsync(string why)
    {
        log.LogError("A published document is refused. Reason: {Reason}", why);
        if (!_told)
        {
            _told = true;
            await TellAsync(findings.RaiseAsync(finding(why, timeProvider.GetUtcNow()), CancellationToken.None));
        }
    }

    public async Task GoodAsync()
    {
        if (_told)
        {
            _told = false;
            await TellAsync(
                findings.CloseAsync(finding("", timeProvider.GetUtcNow()).Id, "A good one is published again.", CancellationToken.None)
            );
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
            log.LogError("A finding about a published document could not be kept. Reason: {Reason}", e.Message);
        }
    }
}
