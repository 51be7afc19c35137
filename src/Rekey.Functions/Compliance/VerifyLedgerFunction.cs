using Rekey.Compliance;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Compliance;

/// <summary>
/// Timer: verifies the ledger's lines since the newest checkpoint. It signs the next checkpoint after an end of trust, or after an hour
/// with new lines. It also verifies one old segment an hour and keeps a snapshot when one is due.
/// </summary>
public sealed class VerifyLedgerFunction(
    VerifyLedger verify,
    KeepSnapshots snapshots,
    RunTrigger trigger,
    ILogger<VerifyLedgerFunction> log
)
{
    private const string Name = "VerifyLedger";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("45 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, VerifyAsync, cancellationToken);

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await verify.RunAsync(cancellationToken);
            await snapshots.RunAsync(cancellationToken);
        }
        finally
        {
            // Logged even when the finding could not be recorded: the log has its own path.
            if (verify.Trouble is { } trouble)
            {
                log.LogError("{Trouble}", trouble);
            }
        }
    }
}
