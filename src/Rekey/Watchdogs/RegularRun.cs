namespace Rekey.Watchdogs;

/// <summary>A periodic run that the watchdog expects.</summary>
/// <param name="What">The run's name in the ledger's <c>ran</c> lines.</param>
/// <param name="After">How long without a run becomes a finding. The ledger has one line an hour, so it must be longer.</param>
/// <param name="Without">The consequence of no run, in a plain sentence.</param>
/// <param name="Function">The function whose log says why.</param>
public sealed record RegularRun(string What, TimeSpan After, string Without, string Function);
