using Cronos;
using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>One function as the worker describes it, checked and with its settings resolved.</summary>
/// <param name="Name">Unique in the app; case does not count.</param>
/// <param name="Trigger">Its one trigger.</param>
/// <param name="Disabled">By the setting <c>AzureWebJobs.{name}.Disabled</c>.</param>
public sealed record FunctionDefinition(string Name, TriggerDefinition Trigger, bool Disabled)
{
    /// <summary>What the worker said of it, for loading it.</summary>
    internal RpcFunctionMetadata Metadata { get; init; } = new();

    internal string Id => Metadata.FunctionId;
}

/// <summary>What starts a function. <paramref name="Name"/> is the binding's name, that of the function's parameter.</summary>
public abstract record TriggerDefinition(string Name);

/// <summary>A six-field NCRONTAB schedule in UTC.</summary>
public sealed record TimerTriggerDefinition(
    string Name, CronExpression Schedule, bool UseMonitor, bool RunOnStartup) : TriggerDefinition(Name);

/// <summary>A storage queue.</summary>
public sealed record QueueTriggerDefinition(string Name, string QueueName, string ConnectionString) : TriggerDefinition(Name);

/// <summary>A route without prefix; no methods means all.</summary>
public sealed record HttpTriggerDefinition(
    string Name, string Route, IReadOnlyList<string> Methods, HttpAuthLevel AuthLevel) : TriggerDefinition(Name);

/// <summary>Which key a caller must show.</summary>
public enum HttpAuthLevel
{
    Anonymous,
    Function,
    Admin,
}
