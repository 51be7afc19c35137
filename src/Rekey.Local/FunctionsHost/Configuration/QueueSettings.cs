namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary><c>extensions.queues</c>, with the defaults of the storage extension.</summary>
internal sealed record QueueSettings
{
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The delay before a failed message is retried.</summary>
    public TimeSpan VisibilityTimeout { get; init; }

    /// <summary>The number of messages per batch, 1 to 32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when no more than this many messages are being worked on.</summary>
    public int NewBatchThreshold { get; init; } = 8;

    /// <summary>Tries before a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>Messages are base64 on the wire (the extension's default) or plain text.</summary>
    public bool Base64 { get; init; } = true;
}
