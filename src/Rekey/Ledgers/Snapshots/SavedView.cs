using System.Text.Json;

namespace Rekey.Ledgers.Snapshots;

/// <summary>The saved state of one view.</summary>
public sealed record SavedView(int Version, JsonElement State);
