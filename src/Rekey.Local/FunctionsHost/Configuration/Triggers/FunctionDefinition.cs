using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>One function as the worker describes it, checked and with its settings resolved.</summary>
/// <param name="Name">Unique in the app; case does not count.</param>
/// <param name="Trigger">Its one trigger.</param>
/// <param name="Disabled">By the setting <c>AzureWebJobs.{name}.Disabled</c>.</param>
public sealed record FunctionDefinition(string Name, TriggerDefinition Trigger, bool Disabled)
{
    /// <summary>The worker's metadata of the function, for loading it.</summary>
    internal RpcFunctionMetadata Metadata { get; init; } = new();

    internal string Id => Metadata.FunctionId;
}
