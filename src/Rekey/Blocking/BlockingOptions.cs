namespace Rekey.Blocking;

/// <summary>Settings for the size of the blocklist and of status lists.</summary>
public sealed class BlockingOptions
{
    /// <summary>How many entries of one kid are listed before its key is rotated instead.</summary>
    /// <remarks>
    /// A forger makes tokens faster than they can be listed: past a thousand the key must be rotated. A thousand entries take about 100
    /// KiB.
    /// </remarks>
    public int MaxEntriesPerKid { get; set; } = 1000;

    /// <summary>The largest body that the status list endpoint takes, in bytes.</summary>
    /// <remarks>About 40,000 tokens; an issuer with more uses one list per shard, as the standard advises.</remarks>
    public int MaxStatusBody { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most entries of one status list.</summary>
    /// <remarks>With one bit each, a million take 128 KiB before compression.</remarks>
    public int MaxStatusListSize { get; set; } = 1 << 20;

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (
            var (name, value) in new[] { (nameof(MaxEntriesPerKid), MaxEntriesPerKid), (nameof(MaxStatusListSize), MaxStatusListSize) }
        )
        {
            if (value < 1)
            {
                yield return $"Blocking:{name} must be one at least.";
            }
        }

        if (MaxStatusBody < 1024)
        {
            yield return "Blocking:MaxStatusBody must be 1024 bytes at least.";
        }
    }
}
