namespace Rekey.Core;

/// <summary>The one setting that stops everything: departures are still noticed and kept, and nothing is changed in any vault until it is
/// taken back.</summary>
/// <remarks>Vaults are looked at, an approver's baseline is taken, and published lists go on being served: stopping Rekey must not stop
/// people from logging in.</remarks>
public sealed record KillSwitch(bool Stopped);
