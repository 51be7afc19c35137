using Rekey.Exposures;
using Rekey.Rotations;

namespace Rekey.Functions;

/// <summary>Queue <c>departures</c>: what could this person have used or taken?</summary>
public sealed class AssessExposureFunction(AssessExposure assess, IWorkQueue queue, ILogger<AssessExposureFunction> log)
{
    public async Task RunAsync(string departureId, CancellationToken cancel)
    {
        try
        {
            await assess.AssessAsync(departureId, cancel);
        }
        catch (RetryLaterException e)
        {
            // A vault or a table that is out of reach is not a failure of the message: it must not be counted towards the poison queue.
            log.LogWarning("An assessment is put off. Departure: {Departure}. {Message}", departureId, e.Message);
            await queue.EnqueueDepartureAsync(departureId, e.Delay ?? TimeSpan.FromSeconds(5), cancel);
            return;
        }

        log.LogInformation("A departure was assessed. Departure: {Departure}", departureId);
    }
}
