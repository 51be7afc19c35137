using System.Text.Json;

namespace Rekey.Ledgers.Snapshots;

/// <summary>What one view knew.</summary>
public sealed record SavedView(int Version, JsonElement State);
