namespace Rekey.Local.Worlds;

/// <summary>What a local company consists of.</summary>
public sealed record WorldOptions
{
    /// <summary>Its signing keys.</summary>
    public required IReadOnlyList<WorldKey> Keys { get; init; }

    /// <summary>Settings of the app that differ from the local ones, such as <c>Rekey__Stopped</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where keys, logs and the authority's certificate are kept; null makes a temporary folder that goes with the
    /// world.</summary>
    public string? Folder { get; init; }

    /// <summary>Port of the Functions host; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether the vault has the real one's limits.</summary>
    public bool Throttled { get; init; }

    /// <summary>The published function app; null takes the one that was built along with this program.</summary>
    public string? AppRoot { get; init; }

    /// <summary>Hears what takes its time.</summary>
    public IProgress<string>? Progress { get; init; }
}
