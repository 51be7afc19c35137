using Rekey.Blocking;

namespace Rekey.Tests.Detections.Logs;

/// <summary>The blocklist that gateways have.</summary>
public sealed class Blocks
{
    public Dictionary<string, BlockEntry> ById { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that was ever on it.</summary>
    public List<BlockEntry> Ever { get; } = [];

    public long Number { get; set; }
}
