using Rekey.Exposures;

namespace Rekey.Functions;

/// <summary>Queue <c>departures</c>: what could this person have used or taken?</summary>
public sealed class AssessExposureFunction(AssessExposure assess, ILogger<AssessExposureFunction> log)
{
    public async Task RunAsync(string departureId, CancellationToken cancel)
    {
        await assess.AssessAsync(departureId, cancel);
        log.LogInformation("A departure was assessed. Departure: {Departure}", departureId);
    }
}
