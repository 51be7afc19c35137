using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Rekey.Local.Tests.Worker;

/// <summary>Timers of the recordings: one without and one with monitoring.</summary>
public sealed class TimerFunctions(ILogger<TimerFunctions> log)
{
    [Function("Tick")]
    public void Tick([TimerTrigger("*/10 * * * * *")] TimerInfo t) => log.LogInformation("tick {Info}", JsonSerializer.Serialize(t));

    [Function("Minute")]
    public void Minute([TimerTrigger("0 * * * * *", UseMonitor = true)] TimerInfo t) =>
        log.LogInformation("minute {Info}", JsonSerializer.Serialize(t));
}
