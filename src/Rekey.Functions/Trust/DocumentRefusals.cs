using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Functions.Trust;

/// <summary>Raises a finding once when a published document is refused, and closes it when a good one is published again.</summary>
/// <param name="finding">Makes the finding from reason and time, with the same id each time.</param>
internal sealed class DocumentRefusals(
    Func<string, DateTimeOffset, Finding> finding,
    IFindings findings,
    TimeProvider timeProvider,
    ILogger log
)
{
    /// <summary>How long a reading waits for the finding to be written; the log has it anyway.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private bool _told;

    public async Task RefusedAsync(string why)
    {
        log.LogError("Rekey refuses a published document. Reason: {Reason}", why);
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
                findings.CloseAsync(finding("", timeProvider.GetUtcNow()).Id, "A good document is published again.", CancellationToken.None)
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
            log.LogError("Rekey could not record a finding about a published document. Reason: {Reason}", e.Message);
        }
    }
}
