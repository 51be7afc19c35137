namespace Rekey.Local.Azurite;

/// <summary>The options of the storage emulator.</summary>
public sealed record AzuriteOptions
{
    /// <summary>The folder of blobs, queues and tables; null keeps them in memory until the process ends.</summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// Where the emulator is installed. Default: <c>rekey/azurite</c> under the user's local application data, so that every checkout and
    /// every build shares one installation (about 190 MB).
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>Receives the progress of the installation about once a second.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Receives the output of Azurite.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>How long it may take until all three services listen. Default 60 s: a cold disk under load is slow.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
