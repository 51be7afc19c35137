using Rekey.Offboarding;
using Rekey.Rotations;

namespace Rekey.Functions;

/// <summary>Timer: takes up every departure that is not finished and every rotation whose next step has come due; starts those by age.</summary>
public sealed class ContinueRotations(TakeUpDepartures departures, TakeUpDueRotations rotations, RotateByAge byAge, Switchboard switchboard)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        await departures.RunAsync(cancel);
        if (switchboard.Stopped)
        {
            return;
        }

        await rotations.RunAsync(cancel);
        await byAge.RunAsync(cancel);
    }
}
