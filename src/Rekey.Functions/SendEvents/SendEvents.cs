using Rekey.Ledgers;

namespace Rekey.Functions;

/// <summary>Timer: sends to Event Grid what the ledger has gained.</summary>
public sealed class SendEvents(ForwardLedger forward)
{
    public Task RunAsync(CancellationToken cancel) => forward.RunAsync(cancel);
}
