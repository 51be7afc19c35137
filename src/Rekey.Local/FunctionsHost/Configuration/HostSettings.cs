namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>What host.json says.</summary>
public sealed record HostSettings
{
    /// <summary>Before every route; without slashes. Default <c>api</c>.</summary>
    public string RoutePrefix { get; init; } = "api";

    public QueueSettings Queues { get; init; } = new();

    /// <summary>Longest invocation; infinite for <c>-1</c>. Default 5 min, that of the Consumption plan.</summary>
    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary><c>extensions.queues</c>, with the defaults of the storage extension.</summary>
public sealed record QueueSettings
{
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a failed message waits for its next try.</summary>
    public TimeSpan VisibilityTimeout { get; init; }

    /// <summary>1 to 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when no more than this many messages are being worked on.</summary>
    public int NewBatchThreshold { get; init; } = 8;

    /// <summary>Tries before a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>Messages are base64 on the wire (the extension's default) or plain text.</summary>
    public bool Base64 { get; init; } = true;
}
