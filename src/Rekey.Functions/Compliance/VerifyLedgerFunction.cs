using Rekey.Compliance;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Compliance;

/// <summary>Timer, hourly: walks the ledger's chain, holds it against the checkpoints, and signs the next.</summary>
public sealed class VerifyLedgerFunction(VerifyLedger verify, RunTrigger trigger, ILogger<VerifyLedgerFunction> log)
{
    private const string Name = "VerifyLedger";

    [Function(Name)]
    public Task RunAsync(
        [TimerTrigger("0 7 * * * *")] string timer, CancellationToken cancel) => trigger.RunAsync(Name, VerifyAsync, cancel);

    private async Task VerifyAsync(CancellationToken cancel)
    {
        if (await verify.RunAsync(cancel) is { } lines)
        {
            log.LogInformation("The ledger holds together. Lines: {Lines}", lines);
        }
        else
        {
            log.LogCritical("The ledger does not hold together.");
        }
    }
}
