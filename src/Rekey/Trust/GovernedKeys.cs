using Rekey.Core;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Trust;

/// <summary>The keys that this deployment governs, each bound to its issuer. One deployment governs one environment.</summary>
public sealed class GovernedKeys(string environment, IReadOnlyList<BoundKey> keys)
{
    private readonly Dictionary<string, BoundKey> _byId = keys.ToDictionary(k => k.Key.Id, StringComparer.Ordinal);

    public string Environment { get; } = environment;

    public IReadOnlyList<BoundKey> Keys { get; } = keys;

    public IEnumerable<IssuerBinding> Issuers => Keys.Select(k => k.Issuer).DistinctBy(i => i.Name, StringComparer.Ordinal);

    /// <summary>The key with this id.</summary>
    /// <exception cref="CannotContinueException">It is not governed here; nothing may be done to it.</exception>
    public BoundKey Find(string keyId) =>
        _byId.GetValueOrDefault(keyId)
        ?? throw new CannotContinueException(
            "key-not-governed",
            $"'{keyId}' is not a key that this deployment governs.",
            "Add the key under Rekey:Keys, or send the work to the deployment that governs it."
        );

    public bool Governs(string keyId) => _byId.ContainsKey(keyId);

    /// <summary>
    /// Whether a key that is published for this issuer was never trusted for it. A retired key comes from an older document in a cache;
    /// so does a key that was governed until recently.
    /// </summary>
    public bool IsForeign(IssuerBinding issuer, string thumbprint, TrustHistory history) =>
        !history
            .KeysOf(thumbprint)
            .Any(id => !_byId.TryGetValue(id, out var bound) || string.Equals(bound.Issuer.Name, issuer.Name, StringComparison.Ordinal));
}
