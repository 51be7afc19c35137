namespace Rekey.Departures.Watching;

/// <summary>An application or service principal that a person who has left can act as.</summary>
/// <param name="Id">Object id or application id, lower case.</param>
/// <param name="How">The row of the audit log that shows it, in words that follow "the person is".</param>
/// <param name="KnownUntil">The person may know every credential that was made up to then.</param>
public sealed record ReachedPrincipal(string Id, string How, DateTimeOffset KnownUntil);
