using Rekey.Core;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Vaults;

namespace Rekey.Tests.Doubles.Vaults;

/// <summary>One process's way to the vaults.</summary>
public sealed class VaultClient(FakeVault vault, Fate fate) : IKeyVault, IPublicKeys
{
    public Task<KeyVersion> RotateKeyAsync(SigningKey key, CancellationToken cancellationToken) => fate.DoAsync("rotate", () =>
        {
            vault.Called("rotate", key, version: null);
            if (vault.Newest(key).Public is { Managed: true })
            {
                throw new CannotContinueException(VaultReasons.Managed, "The key belongs to a certificate.", "Renew the certificate.");
            }

            // A rotation carries the operations and tags of the newest version on.
            var newest = vault.Newest(key).Public;
            var made = vault
                .Add(key, operations: newest.Operations.Contains("sign") ? newest.Operations : ["sign", "verify"], tags: newest.Tags)
                .Public;
            vault.Made.Add((key.Id, made.PublicKey.Thumbprint));
            return Task.FromResult(made);
        });

    public Task<KeyVersion> UpdateKeyPropertiesAsync(
        SigningKey key,
        string version,
        KeyChange change,
        CancellationToken cancellationToken
    ) => fate.DoAsync("update", () =>
        {
            vault.Called("update", key, version);
            vault.Change(key, version, v =>
                v with
                {
                    Enabled = change.Enabled ?? v.Enabled,
                    Operations = change.Operations ?? v.Operations,
                    Tags = change.Tags ?? v.Tags,
                }
            );
            return Task.FromResult(Find(key, version)!.Public);
        });

    public Task<KeyVersion> GetKeyAsync(SigningKey key, string? version, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
        {
            vault.Called("get", key, version);
            return Task.FromResult(
                (version is null ? vault.Newest(key) : Find(key, version))?.Public
                    ?? throw new CannotContinueException(VaultReasons.NotFound, "There is no such version.", "Make one.")
            );
        });

    public Task<IReadOnlyList<KeyProperties>> GetPropertiesOfKeysAsync(Uri vaultUri, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
        {
            vault.Listed(vaultUri);
            return Task.FromResult(vault.KeysOf(vaultUri));
        });

    public Task<IReadOnlyList<KeyVersionProperties>> GetPropertiesOfKeyVersionsAsync(SigningKey key, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
        {
            vault.Called("list", key, version: null);
            return Task.FromResult<IReadOnlyList<KeyVersionProperties>>([
                .. vault.VersionsOf(key).Select(v => new KeyVersionProperties(v.Public.Version, v.Public.Enabled, v.Public.Created)),
            ]);
        });

    public Task<PublicJwk?> ReadAsync(SigningKey key, string version, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
        {
            vault.Called("public", key, version);
            return Task.FromResult(Find(key, version)?.Public.PublicKey);
        });

    /// <summary>Forgets it at once: what a test says of the vault's answers goes for every read.</summary>
    public void Remember(SigningKey key, string version, PublicJwk publicKey) { }

    private VaultVersion? Find(SigningKey key, string version) => vault.VersionsOf(key).FirstOrDefault(v => v.Public.Version == version);
}
