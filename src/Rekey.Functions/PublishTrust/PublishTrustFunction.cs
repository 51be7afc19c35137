using Rekey.Rotations;

namespace Rekey.Functions;

/// <summary>Timer: looks at the governed vaults, and publishes what is trusted where that has changed.</summary>
public sealed class PublishTrustFunction(MeetVaults meetVaults, PublishTrust publish, ILogger<PublishTrustFunction> log)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await meetVaults.RunAsync(cancel);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // A vault that cannot be read must not keep the list from being published.
            log.LogWarning("The governed vaults could not all be looked at: {Message}", e.Message);
        }

        await publish.PublishAsync(cancel);
    }
}
