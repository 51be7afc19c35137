namespace Rekey.Local.Worlds;

/// <summary>The options of a local company.</summary>
public sealed record WorldOptions
{
    /// <summary>The signing keys.</summary>
    public required IReadOnlyList<WorldKey> Keys { get; init; }

    /// <summary>Settings of the app that differ from the local ones, such as <c>Rekey__Stopped</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of keys, logs and the authority's certificate; null makes a temporary folder that goes with the
    /// world.</summary>
    public string? Folder { get; init; }

    /// <summary>The folder that the vaults' audit logs go to; null keeps each in its vault's folder.</summary>
    public string? AuditFolder { get; init; }

    /// <summary>Port of the Functions host; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether the vault throttles as the real one does.</summary>
    public bool Throttled { get; init; }

    /// <summary>The published function app; null takes the one that was built along with this program.</summary>
    public string? AppRoot { get; init; }

    /// <summary>Receives the progress of slow steps.</summary>
    public IProgress<string>? Progress { get; init; }
}
