using Cronos;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>One function.json, checked and with its settings resolved.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Trigger">Its one trigger.</param>
/// <param name="Outputs">Its output bindings.</param>
/// <param name="Retry">Its retry policy; timers only.</param>
/// <param name="Disabled">By function.json or by the setting <c>AzureWebJobs.{name}.Disabled</c>.</param>
public sealed record FunctionDefinition(string Name, TriggerDefinition Trigger, IReadOnlyList<OutputDefinition> Outputs, RetryPolicy? Retry, bool Disabled)
{
    /// <summary>Exactly httpTrigger in and http out: the handler may get the raw request.</summary>
    public bool Forwardable => Trigger is HttpTriggerDefinition && Outputs is [HttpOutputDefinition];
}

/// <summary>What starts a function. <paramref name="Name"/> is the binding's name in <c>Data</c>.</summary>
public abstract record TriggerDefinition(string Name);

/// <summary>A six-field NCRONTAB schedule in UTC.</summary>
public sealed record TimerTriggerDefinition(string Name, CronExpression Schedule, bool UseMonitor, bool RunOnStartup) : TriggerDefinition(Name);

/// <summary>A storage queue.</summary>
public sealed record QueueTriggerDefinition(string Name, string QueueName, string ConnectionString) : TriggerDefinition(Name);

/// <summary>The Event Grid webhook; with <paramref name="Many"/> a delivery is one invocation.</summary>
public sealed record EventGridTriggerDefinition(string Name, bool Many) : TriggerDefinition(Name);

/// <summary>A route without prefix; no methods means all.</summary>
public sealed record HttpTriggerDefinition(string Name, string Route, IReadOnlyList<string> Methods, HttpAuthLevel AuthLevel) : TriggerDefinition(Name);

/// <summary>Which key a caller must show.</summary>
public enum HttpAuthLevel
{
    Anonymous,
    Function,
    Admin,
}

/// <summary>Where a member of <c>Outputs</c> goes; <c>$return</c> takes the return value.</summary>
public abstract record OutputDefinition(string Name);

/// <summary>Messages to a queue; with <paramref name="Binary"/> strings are not taken for base64.</summary>
public sealed record QueueOutputDefinition(string Name, string QueueName, string ConnectionString, bool Binary) : OutputDefinition(Name);

/// <summary>The HTTP response.</summary>
public sealed record HttpOutputDefinition(string Name) : OutputDefinition(Name);

/// <summary>Delays before the tries after the first.</summary>
public sealed record RetryPolicy(int MaxRetryCount, TimeSpan Minimum, TimeSpan Maximum)
{
    /// <summary>Fixed when both ends are equal, otherwise doubling. <paramref name="retry"/> counts from 1.</summary>
    public TimeSpan Delay(int retry) =>
        TimeSpan.FromTicks((long)Math.Min(Maximum.Ticks, Minimum.Ticks * Math.Pow(2, Math.Min(retry - 1, 40))));
}
