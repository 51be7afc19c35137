using Rekey.Local.FunctionsHost.Worker;

namespace Rekey.Local.FunctionsHost;

/// <summary>The options of a <see cref="LocalFunctionsHost"/>.</summary>
public sealed record LocalFunctionsHostOptions
{
    /// <summary>The folder with host.json, worker.config.json and the worker.</summary>
    public required string AppRoot { get; init; }

    /// <summary>
    /// App settings: they resolve connections and <c>%NAME%</c>, and go into the worker's environment over what it inherits.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Port on the loopback address; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The clock of timers. Queues, time-outs, locks and the worker's life go by the wall clock, since other processes do.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Receives every line of the host and of the worker; called from several threads.</summary>
    public Action<HostLogLine>? Log { get; init; }

    /// <summary>How long running work may go on when the host stops. Default 10 s, as on the real host.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a message stays invisible while it is worked on; renewed at half. Default 10 min, as the storage extension does.
    /// </summary>
    public TimeSpan QueueLease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long each step of a worker's start may take: connecting, initializing, loading, listening. Default 1 min.</summary>
    public TimeSpan WorkerStartTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the lock of a timer holds without renewal. The real host's is 60 s, and 60 s is the longest.</summary>
    internal TimeSpan TimerLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often an instance without a timer's lock looks for it. The real host does once a minute.</summary>
    internal TimeSpan TimerLookInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The first of five pauses between tries of the storage client, each twice the one before. With 1 s an outage ends the host after
    /// about half a minute, as was recorded.
    /// </summary>
    internal TimeSpan StorageRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The real host leaves its worker behind when it is killed; tests and stories must not.</summary>
    internal bool EndWorkerWithThisProcess { get; init; } = true;

    /// <summary>Observes the protocol.</summary>
    internal IWorkerWatcher? Watcher { get; init; }
}
