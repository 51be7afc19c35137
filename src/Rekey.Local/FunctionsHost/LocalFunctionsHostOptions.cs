namespace Rekey.Local.FunctionsHost;

/// <summary>What to host and how.</summary>
public sealed record LocalFunctionsHostOptions
{
    /// <summary>The folder with host.json, a folder per function and the handler.</summary>
    public required string AppRoot { get; init; }

    /// <summary>App settings: they resolve connections and <c>%NAME%</c>, and go into the handler's environment over what it inherits.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Port on the loopback address; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The clock of timers. Queues, time-outs and the handler's life go by the wall clock, since other processes do.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Hears every line of the host and of the handler; called from several threads.</summary>
    public Action<HostLogLine>? Log { get; init; }

    /// <summary>How long running invocations may go on when the host stops. Default 10 s, as on the real host.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a message stays invisible while it is worked on; renewed at half. Default 10 min, as the storage extension does.</summary>
    public TimeSpan QueueLease { get; init; } = TimeSpan.FromMinutes(10);
}
