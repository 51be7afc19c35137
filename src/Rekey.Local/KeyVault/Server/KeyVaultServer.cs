using System.Security.Cryptography;
using Rekey.Local.Faults;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Operations;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Tls;

namespace Rekey.Local.KeyVault.Server;

/// <summary>
/// One vault: the keys part of the Key Vault data plane over https, with real cryptography. Several vaults are several servers over one
/// <see cref="IdentityServer"/>. It knows EC and RSA keys; symmetric keys, key release, attestation and policy-driven rotation by time
/// are not there.
/// </summary>
public sealed class KeyVaultServer : IAsyncDisposable
{
    private readonly KeyVaultOptions _options;
    private readonly VaultGrants _grants = new();
    private readonly VaultAddress _address = new();
    private readonly KeyStore _store;
    private readonly KeyRing _ring;
    private readonly VaultServiceLimits _throttle;
    private readonly AuditLog _audit;
    private readonly IdentityServer _identity;
    private LoopbackHost? _host;

    private KeyVaultServer(KeyVaultOptions options, IdentityServer identity)
    {
        _options = options;
        _identity = identity;
        _store = new KeyStore(options.Folder);
        _ring = new KeyRing(_store);
        _throttle = new VaultServiceLimits(options.Time, options.SendRetryAfter) { Enabled = options.Throttled };
        _audit = new AuditLog(
            options.AuditFolder is { } audit ? Path.Combine(audit, $"{options.Name}.ndjson") : Path.Combine(options.Folder, "audit.ndjson"),
            ResourceId
        );
        foreach (var (objectId, permissions) in options.Grants)
        {
            Grant(objectId, permissions);
        }
    }

    public string Name => _options.Name;

    /// <summary><c>https://localhost:{port}/</c>.</summary>
    public Uri Address => _host!.Address;

    /// <summary>The Azure resource id that errors and audit records name.</summary>
    public string ResourceId => ResourceIdOf(_options);

    /// <summary>Every call since the start, oldest first. The same records are appended to a file.</summary>
    public IReadOnlyList<AuditRecord> Audit => _audit.Records;

    /// <summary>The faults to inject; operations are named as in <see cref="AuditRecord.OperationName"/>.</summary>
    public FaultInjector Faults { get; } = new();

    /// <summary>Switches the service limits on and off.</summary>
    public bool Throttled
    {
        get => _throttle.Enabled;
        set => _throttle.Enabled = value;
    }

    /// <summary>The number of calls that the limits refused with 429.</summary>
    public int ThrottledCalls => _throttle.Rejected;

    /// <summary>Loads the folder and listens.</summary>
    /// <exception cref="IOException">The port is taken, or the folder is in use.</exception>
    public static async Task<KeyVaultServer> StartAsync(
        KeyVaultOptions options,
        IdentityServer identity,
        LocalCertificateAuthority authority,
        CancellationToken cancellationToken = default
    )
    {
        var server = new KeyVaultServer(options, identity);
        try
        {
            server._host = await LoopbackHost.StartAsync(options.Port, authority.Leaf, server.Map, cancellationToken);
            server._address.Root = server.Address.AbsoluteUri.TrimEnd('/');
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Grants exactly these permissions on the whole vault or on one key, and replaces an earlier grant there.</summary>
    public void Grant(string objectId, KeyPermissions permissions, string? keyName = null) => _grants.Set(objectId, permissions, keyName);

    /// <summary>Removes all grants of a principal.</summary>
    public void Revoke(string objectId) => _grants.Remove(objectId);

    /// <summary>Makes an RSA 2048 key (or a further version of it) as a certificate of that name would own it. Gives the version.</summary>
    public string AddCertificateKey(string name)
    {
        var material = KeyMaterial.Generate(new KeyShape(KeyShape.Rsa, 2048, null, false));
        var version = StoredKeyVersion.New(material, _options.Time.GetUtcNow());
        _ring.Add(name, version, managed: true);
        return version.Id;
    }

    /// <summary>
    /// The private key itself, for the thief of the replay. Only a stand-in can do this: a vault gives no private key away.
    /// </summary>
    /// <returns>An <see cref="ECDsa"/> or <see cref="RSA"/>, for the caller to dispose of.</returns>
    /// <exception cref="KeyNotFoundException">There is no such key or version.</exception>
    public AsymmetricAlgorithm ExportPrivateKey(string name, string? version = null) =>
        _store.Find(name)?.Find(version)?.Material.Open() ?? throw new KeyNotFoundException($"Vault {Name} has no key {name}/{version}.");

    /// <summary>Keys that are there, by name.</summary>
    internal IReadOnlyList<StoredKey> StoredKeys =>
        [.. _store.All.Where(k => k.State is KeyState.Active).OrderBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>The versions of a key, oldest first, without asking over the wire; empty when there is no such key.</summary>
    public IReadOnlyList<string> VersionsOf(string name) => [.. _store.Find(name)?.Versions.Select(v => v.Id) ?? []];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _audit.Dispose();
    }

    internal static string ResourceIdOf(KeyVaultOptions options) =>
        $"/subscriptions/{options.SubscriptionId}/resourceGroups/{options.ResourceGroup}"
        + $"/providers/Microsoft.KeyVault/vaults/{options.Name}";

    private void Map(WebApplication app)
    {
        var bodies = new KeyBodies(_options, _address);
        VaultRoutes.Map(
            app,
            new VaultRequestPipeline(_options, _identity, _grants, Faults, _audit, bodies),
            new KeyOperations(_options, _ring, bodies, _throttle, _address),
            new CryptoOperations(_options, _ring, bodies, _throttle),
            new LifetimeOperations(_options, _store, _ring, bodies, _throttle, _address)
        );
    }
}
