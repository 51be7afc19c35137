using System.Buffers.Text;
using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Doubles.Vaults;

/// <summary>The vaults of a company: real EC keys, times in whole seconds, and refusals on command.</summary>
public sealed class FakeVault(TimeProvider timeProvider)
{
    private readonly Dictionary<string, List<VaultVersion>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _updated = new(StringComparer.Ordinal);

    /// <summary>Asked before every call with its name, key and version; throws what the call should fail with.</summary>
    public Action<string, SigningKey, string?> Fault { get; set; } = (_, _, _) => { };

    public List<string> Calls { get; } = [];

    /// <summary>What the vault made when Rekey asked it to rotate: key and thumbprint.</summary>
    public HashSet<(string KeyId, string Thumbprint)> Made { get; } = [];

    /// <summary>Makes a version, or imports this private key as one.</summary>
    public VaultVersion Add(
        SigningKey key,
        ECDsa? imported = null,
        bool managed = false,
        IReadOnlyList<string>? operations = null,
        IReadOnlyDictionary<string, string>? tags = null
    )
    {
        var ec = imported ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = new VaultVersion(
            new(
                Guid.NewGuid().ToString("N"),
                Enabled: true,
                DateTimeOffset.FromUnixTimeSeconds(timeProvider.GetUtcNow().ToUnixTimeSeconds()),
                PublicOf(ec),
                operations ?? ["sign", "verify"],
                managed,
                tags ?? new Dictionary<string, string>(StringComparer.Ordinal)
            ),
            ec
        );
        Versions(key).Add(made);
        _updated[key.Id] = made.Public.Created;
        return made;
    }

    public IReadOnlyList<VaultVersion> VersionsOf(SigningKey key) => Versions(key);

    /// <summary>The keys of a vault, with the time at which the newest version of each was changed last.</summary>
    internal IReadOnlyList<KeyProperties> KeysOf(Uri vault) =>
        [
            .. _updated
                .Where(k => k.Key.StartsWith(vault.Authority + "/", StringComparison.OrdinalIgnoreCase))
                .Select(k => new KeyProperties(k.Key.Split('/')[1], k.Value)),
        ];

    public VaultVersion Newest(SigningKey key) => Versions(key)[^1];

    public void Change(SigningKey key, string version, Func<KeyVersion, KeyVersion> change)
    {
        var at = Versions(key).FindIndex(v => v.Public.Version == version);
        Versions(key)[at] = Versions(key)[at] with { Public = change(Versions(key)[at].Public) };
        if (at == Versions(key).Count - 1)
        {
            _updated[key.Id] = DateTimeOffset.FromUnixTimeSeconds(timeProvider.GetUtcNow().ToUnixTimeSeconds());
        }
    }

    /// <summary>Another key stands under the same version, as after somebody replaced the vault.</summary>
    public void Swap(SigningKey key, string version)
    {
        var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Change(key, version, v => v with { PublicKey = PublicOf(other) });
    }

    public static PublicJwk PublicOf(ECDsa ec)
    {
        var q = ec.ExportParameters(false).Q;
        return new("EC", "P-256", Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y), modulus: null, exponent: null);
    }

    internal void Listed(Uri vault)
    {
        Calls.Add($"keys {vault.Authority}");
        Fault("keys", new(vault, "-"), null);
    }

    internal void Called(string call, SigningKey key, string? version)
    {
        Calls.Add($"{call} {key.Id}{(version is null ? "" : $"/{version}")}");
        Fault(call, key, version);
        if (!_keys.ContainsKey(key.Id))
        {
            throw new CannotContinueException(VaultReasons.NotFound, "There is no such key.", "Make one.");
        }
    }

    private List<VaultVersion> Versions(SigningKey key)
    {
        if (!_keys.TryGetValue(key.Id, out var versions))
        {
            _keys[key.Id] = versions = [];
        }

        return versions;
    }
}
