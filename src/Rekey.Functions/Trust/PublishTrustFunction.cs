using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Ledgers;
using Rekey.Rotations.Baselines;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Functions.Trust;

/// <summary>Timer: reads the governed vaults, and publishes trust list and blocklist when they have changed.</summary>
public sealed class PublishTrustFunction(
    TakeBaselines meetVaults,
    PublishTrust publish,
    TrustLedger trustLedger,
    CarryOutBlocks carryOutBlocks,
    DropSuperfluousBlocks dropBlocks,
    PublishBlocklist publishBlocklist,
    RunLedger runs,
    IFindings findings,
    GovernedKeys governedKeys,
    TrustOptions options,
    TimeProvider timeProvider,
    RunTrigger trigger,
    ILogger<PublishTrustFunction> log
)
{
    private const string Name = "PublishTrust";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("15 * * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, PublishAsync, cancellationToken);

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        // An unreadable vault must not delay a list, nor one list the other.
        (string What, Func<CancellationToken, Task> Act)[] parts =
        [
            ("look at the governed vaults", LookAsync),
            ("keep the blocklist", KeepBlocklistAsync),
            ("publish the blocklist", publishBlocklist.PublishAsync),
            ("publish the trust list", async c => (await publish.PublishAsync(c)).Whole()),
        ];
        var failures = new Failures();
        foreach (var (what, act) in parts)
        {
            // The timer retries in a minute, so one finding reports the refusal, not a dead letter each time.
            CannotContinueException? refusal = null;
            var failure = await failures.TryAsync(async () =>
                refusal = await findings.ReportRefusalAsync(what, act, timeProvider, cancellationToken)
            );
            if ((failure ?? refusal) is { } wrong)
            {
                log.LogWarning("The timer could not {What}: {Message}", what, wrong.Message);
            }
        }

        failures.Throw();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await meetVaults.RunAsync(cancellationToken);
        await runs.RanAsync(RunLedger.Vaults, [], cancellationToken);
    }

    private async Task KeepBlocklistAsync(CancellationToken cancellationToken)
    {
        await carryOutBlocks.RunAsync(cancellationToken);
        await dropBlocks.RunAsync(
            RevokedKids.Of(governedKeys, await trustLedger.ReadAsync(cancellationToken), options, timeProvider.GetUtcNow()),
            cancellationToken
        );
    }
}
