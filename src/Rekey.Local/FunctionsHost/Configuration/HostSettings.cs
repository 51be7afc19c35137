namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>The settings of host.json.</summary>
internal sealed record HostSettings
{
    /// <summary>Before every route; without slashes. Default <c>api</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    public QueueSettings Queues { get; init; } = new();

    /// <summary>Longest invocation; infinite for <c>-1</c>. Default 5 min, that of the Consumption plan.</summary>
    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
