using Rekey.Decisions;

namespace Rekey.Rotations;

/// <summary>Does what an answer calls for. Repeating it is harmless; if it is never reached, the timer comes to the same.</summary>
public sealed class CarryOutDecision(MeetVaults meetVaults, PublishTrust publish, IWorkQueue queue)
{
    public async Task CarryOutAsync(Decision decision, CancellationToken cancel)
    {
        if (decision.Kind is DecisionKinds.Baseline)
        {
            // That the vault is silent keeps nothing of another one back.
            try
            {
                await meetVaults.CarryOutAsync(decision.About, cancel);
            }
            finally
            {
                await publish.PublishAsync(cancel);
            }
        }
        else
        {
            await queue.EnqueueRotationAsync(decision.About, delay: null, cancel);
        }
    }
}
