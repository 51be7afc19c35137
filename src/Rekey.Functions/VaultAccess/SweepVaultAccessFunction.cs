using Rekey.Functions.Wire;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;

namespace Rekey.Functions.VaultAccess;

/// <summary>Timer: sweeps the access to the declared vaults every hour, at a minute when little else starts.</summary>
public sealed class SweepVaultAccessFunction(SweepVaultAccess sweep, RunTrigger trigger, ILogger<SweepVaultAccessFunction> log)
{
    private const string Name = "SweepVaultAccess";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("0 23 * * * *")] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, SweepAsync, cancellationToken);

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!sweep.IsConfigured)
        {
            log.LogInformation("Access to vaults is not swept: VaultAccess:Declaration is not set.");
            return;
        }

        foreach (var report in await sweep.RunAsync(cancellationToken))
        {
            log.LogInformation(
                "A vault was swept. Vault: {Vault}. Drift: {Drift}. Removed: {Removed}. Not seen: {NotSeen}. Never seen: {BlindSpots}.",
                report.VaultId,
                report.Drift.Count,
                report.Removed.Count,
                string.Join("; ", report.NotSeen.Select(u => $"{u.Part} {u.What}")),
                string.Join("; ", VaultReading.BlindSpots)
            );
        }
    }
}
