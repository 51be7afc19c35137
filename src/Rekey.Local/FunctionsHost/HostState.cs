namespace Rekey.Local.FunctionsHost;

/// <summary>The state of a host.</summary>
public enum HostState
{
    /// <summary>A worker takes calls.</summary>
    Running,

    /// <summary>A worker is being started again; until then HTTP gets 500, messages fail and ticks are lost.</summary>
    WorkerDown,

    /// <summary>The worker crashed three times within half an hour, the storage was away for too long, or the host was disposed.</summary>
    Stopped,
}
