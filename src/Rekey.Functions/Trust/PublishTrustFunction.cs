using Rekey.Blocking.Publishing;
using Rekey.Functions.Wire;
using Rekey.Ledgers;
using Rekey.Rotations.Baselines;
using Rekey.Trust.Publishing;

namespace Rekey.Functions.Trust;

/// <summary>Timer: reads the governed vaults, and publishes trust list and blocklist when they have changed.</summary>
public sealed class PublishTrustFunction(
    TakeBaselines meetVaults,
    RunLedger runs,
    KeepBlocklist keepBlocklist,
    PublishBlocklist publishBlocklist,
    PublishTrust publish,
    RunParts parts,
    RunTrigger trigger
)
{
    private const string Name = "PublishTrust";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("15 * * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(
            Name,
            // An unreadable vault must not delay a list, nor one list the other.
            deadline =>
                parts.RunAsync(
                    [
                        ("look at the governed vaults", LookAsync),
                        ("keep the blocklist", keepBlocklist.RunAsync),
                        ("publish the blocklist", publishBlocklist.PublishAsync),
                        ("publish the trust list", async c => (await publish.PublishAsync(c)).Whole()),
                    ],
                    deadline
                ),
            cancellationToken
        );

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await meetVaults.RunAsync(cancellationToken);
        await runs.RanAsync(RunLedger.Vaults, [], cancellationToken);
    }
}
