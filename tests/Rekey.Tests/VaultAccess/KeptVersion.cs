using Rekey.VaultAccess.Reading;

namespace Rekey.Tests.VaultAccess;

/// <summary>A version of a key in a vault.</summary>
public sealed record KeptVersion(ListedKey Kind, bool IsEnabled = true, DateTimeOffset? ExpiresOn = null, DateTimeOffset? CreatedOn = null)
{
    public ListedKeyVersion Listed => new(Kind.Version!, IsEnabled, ExpiresOn, CreatedOn);
}
