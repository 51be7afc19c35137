namespace Rekey;

/// <summary>The one setting that stops everything: departures are still noticed and kept, and nothing is done in any vault until it is taken back.</summary>
/// <remarks>Published lists go on being served: stopping Rekey must not stop people from logging in.</remarks>
public sealed record Switchboard(bool Stopped);
