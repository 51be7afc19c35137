namespace Rekey.Watchdogs;

/// <summary>Something that must happen again and again.</summary>
/// <param name="What">Its name in the ledger's <c>ran</c> lines.</param>
/// <param name="After">After how long without it that is a finding. The ledger says it once an hour: longer than that.</param>
/// <param name="Without">What holds while it does not happen, in a plain sentence.</param>
/// <param name="Function">Whose log says why.</param>
public sealed record RegularRun(string What, TimeSpan After, string Without, string Function);
