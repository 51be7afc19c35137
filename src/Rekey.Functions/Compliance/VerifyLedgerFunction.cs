using Rekey.Compliance;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Compliance;

/// <summary>
/// Timer: verifies what the ledger has gained since the newest checkpoint, signs the next one behind an end of trust or after an hour
/// with something new, verifies one old segment an hour, and keeps a snapshot where one is due.
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
            // Whatever became of the finding: the log leaves by a way of its own.
            if (verify.Trouble is { } trouble)
            {
                log.LogError("{Trouble}", trouble);
            }
        }
    }
}
