using Rekey.Trust;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Issuer.Keys;

/// <summary>The version that the trust list names current, with the reference to it in its vault. It is made once for each list.</summary>
internal sealed record CurrentKey(TrustEntry Entry, string Algorithm)
{
    public SigningKey Key { get; } = Reference(Entry.KeyId);

    private static SigningKey Reference(string keyId) =>
        new(new Uri($"https://{keyId[..keyId.IndexOf('/')]}"), keyId[(keyId.IndexOf('/') + 1)..]);
}
