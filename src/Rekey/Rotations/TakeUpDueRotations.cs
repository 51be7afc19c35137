using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Finds every rotation whose next step has come due, and sends it on its way. What a lost message left behind is found here.</summary>
public sealed class TakeUpDueRotations(IRecords<Rotation> rotations, IWorkQueue queue, Estate estate, TimeProvider clock)
{
    /// <summary>How many were sent on.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = 0;
        await foreach (var (rotation, _) in rotations.ListAsync(Rotation.Live, cancel))
        {
            if (rotation.IsActive && estate.Governs(rotation.Key.Id) && !(rotation.NextStepAt > now) && !(rotation.LeaseUntil > now))
            {
                await queue.EnqueueRotationAsync(rotation.Key.Id, delay: null, cancel);
                due++;
            }
        }

        return due;
    }
}
