namespace Rekey.Core;

/// <summary>
/// The kill switch: one setting that stops all changes. Rekey still notices and keeps departures, and changes no vault until it is off
/// again.
/// </summary>
/// <remarks>
/// Rekey still checks vaults, takes an approved baseline and serves published lists: the kill switch must not stop logins.
/// </remarks>
public sealed record KillSwitch(bool Stopped);
