namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>The <c>retry</c> member of a function.json.</summary>
internal static class RetryReader
{
    public static RetryPolicy? Read(JsonMembers function, TriggerDefinition? trigger)
    {
        if (!function.Json.ContainsKey("retry"))
        {
            return null;
        }

        var retry = function.Object("retry");
        if (trigger is not (null or TimerTriggerDefinition))
        {
            retry.Mistake("of the triggers here only the timer has retries; queues have theirs in host.json, Event Grid in its subscription");
        }

        // -1 retries without end.
        var count = retry.Number("maxRetryCount", -1, int.MaxValue, 0);
        count = count == -1 ? int.MaxValue : count;
        switch (retry.RequiredText("strategy")?.ToUpperInvariant())
        {
            case "FIXEDDELAY":
                retry.RequiredText("delayInterval");
                var delay = retry.Time("delayInterval", TimeSpan.Zero, TimeSpan.Zero);
                return new RetryPolicy(count, delay, delay);
            case "EXPONENTIALBACKOFF":
                retry.RequiredText("minimumInterval");
                retry.RequiredText("maximumInterval");
                var minimum = retry.Time("minimumInterval", TimeSpan.Zero, TimeSpan.Zero);
                return new RetryPolicy(count, minimum, retry.Time("maximumInterval", minimum, minimum));
            case { } other:
                retry.Mistake($"strategy must be fixedDelay or exponentialBackoff, not {other}");
                return null;
            default:
                return null;
        }
    }
}
