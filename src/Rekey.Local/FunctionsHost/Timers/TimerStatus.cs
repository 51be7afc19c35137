namespace Rekey.Local.FunctionsHost.Timers;

/// <summary>When a monitored timer last ran and is next to run; <c>Last</c> is the first moment of all before its first run.</summary>
public sealed record TimerStatus(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset LastUpdated);
