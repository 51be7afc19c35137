namespace Rekey.VaultAccess.Reading;

/// <summary>A version of a key, as a list has it.</summary>
/// <param name="ExpiresOn">Null where it does not end by itself.</param>
public sealed record ListedKeyVersion(string Version, bool IsEnabled, DateTimeOffset? ExpiresOn, DateTimeOffset? CreatedOn)
{
    /// <summary>Whether it may be used now or later.</summary>
    public bool IsUsable(DateTimeOffset now) => IsEnabled && !(ExpiresOn <= now);
}
