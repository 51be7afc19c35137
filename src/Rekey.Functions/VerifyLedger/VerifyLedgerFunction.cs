using Rekey.Compliance;

namespace Rekey.Functions;

/// <summary>Timer, hourly: walks the ledger's chain, holds it against the checkpoints, and signs the next.</summary>
public sealed class VerifyLedgerFunction(VerifyLedger verify, ILogger<VerifyLedgerFunction> log)
{
    public async Task RunAsync(CancellationToken cancel)
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
