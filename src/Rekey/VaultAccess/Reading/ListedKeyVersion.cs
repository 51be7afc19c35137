namespace Rekey.VaultAccess.Reading;

/// <summary>A version of a key in a list.</summary>
/// <param name="ExpiresOn">Null if it does not expire.</param>
public sealed record ListedKeyVersion(string Version, bool IsEnabled, DateTimeOffset? ExpiresOn, DateTimeOffset? CreatedOn)
{
    /// <summary>Whether it may be used now or later.</summary>
    public bool IsUsable(DateTimeOffset now) => IsEnabled && !(ExpiresOn <= now);
}
