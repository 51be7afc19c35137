using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Azure.KeyVault.Pipeline;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault;

/// <summary>A client of Key Vault's keys API, for every governed vault, with the names of the official SDK.</summary>
/// <remarks>Source of the wire: Key Vault data plane, Keys, 2025-07-01.</remarks>
public sealed class KeyVaultKeysClient : IKeyVault
{
    /// <summary>The newest stable version of the data plane.</summary>
    public const string ApiVersion = "2025-07-01";

    // At 25 items a page, more than any vault has; it stops a vault that links pages in a circle.
    private const int MostPages = 1000;

    private readonly VaultPipeline _vaults;

    /// <param name="gates">The gates that all vault calls of the process share.</param>
    public KeyVaultKeysClient(TokenCredential credential, RateGates gates, KeyVaultClientOptions options, TimeProvider timeProvider) =>
        _vaults = new VaultPipeline(credential, gates, options, timeProvider);

    public async Task<KeyVersion> RotateKeyAsync(SigningKey key, CancellationToken cancellationToken)
    {
        var what = $"Rotating {key}";
        var reply = await _vaults.CreateAsync(VaultPipeline.AddressOf(key, "keys", "/rotate"), what, cancellationToken);
        return await VersionAsync(key, reply, what, cancellationToken);
    }

    public async Task<KeyVersion> UpdateKeyPropertiesAsync(
        SigningKey key,
        string version,
        KeyChange change,
        CancellationToken cancellationToken
    )
    {
        var what = $"Changing {key}/{version}";
        var wire = new VaultWire.Change(
            change.Enabled is { } enabled ? new VaultWire.AttributeChange(enabled) : null,
            change.Operations,
            change.Tags
        );
        var reply = await _vaults.PatchAsync(
            VaultPipeline.AddressOf(key, "keys", VaultPipeline.Segment(version)),
            JsonSerializer.SerializeToUtf8Bytes(wire, VaultJson.Default.Change),
            what,
            cancellationToken
        );
        return await VersionAsync(key, reply, what, cancellationToken);
    }

    public async Task<KeyVersion> GetKeyAsync(SigningKey key, string? version, CancellationToken cancellationToken)
    {
        var what = $"Reading {key}/{version ?? "newest"}";
        // The empty version is the newest; the official SDKs keep the slash too.
        var reply = await _vaults.GetAsync(
            VaultPipeline.AddressOf(key, "keys", version is null ? "/" : VaultPipeline.Segment(version)),
            what,
            cancellationToken
        );
        return await VersionAsync(key, reply, what, cancellationToken);
    }

    public async Task<IReadOnlyList<KeyProperties>> GetPropertiesOfKeysAsync(Uri vaultUri, CancellationToken cancellationToken)
    {
        var what = $"Listing the keys of {vaultUri.Authority}";
        return await ListAsync(
            VaultPipeline.AddressOfKeys(vaultUri),
            vaultUri,
            what,
            VaultWire.PropertiesOf,
            reply => reply.Status == 200 ? Task.CompletedTask : throw VaultErrors.Of(reply, what),
            cancellationToken
        );
    }

    public async Task<IReadOnlyList<KeyVersionProperties>> GetPropertiesOfKeyVersionsAsync(
        SigningKey key,
        CancellationToken cancellationToken
    )
    {
        var what = $"Listing the versions of {key}";
        var versions = await ListAsync(
            VaultPipeline.AddressOf(key, "keys", "/versions"),
            key.VaultUri,
            what,
            item => VaultWire.PropertiesOf(item, key.Name),
            reply => RefuseAsync(key, reply, what, cancellationToken),
            cancellationToken
        );

        // The vault documents no order.
        return [.. versions.OrderBy(v => v.Created).ThenBy(v => v.Version, StringComparer.Ordinal)];
    }

    private async Task<List<T>> ListAsync<T>(
        Uri first,
        Uri vault,
        string what,
        Func<VaultWire.Item, T?> read,
        Func<VaultReply, Task> refuse,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var all = new List<T>();
        var next = first;

        // A page can be empty and have a next one: only a missing link ends the list.
        for (var page = 0; next is not null; page++)
        {
            var reply = page < MostPages ? await _vaults.GetAsync(next, what, cancellationToken) : throw VaultErrors.Misunderstood(what);
            await refuse(reply);
            var items = Read(reply, VaultJson.Default.Page, what);
            all.AddRange((items.Value ?? []).Select(item => read(item) ?? throw VaultErrors.Misunderstood(what)));
            next = NextOf(items.NextLink, vault, what);
        }

        return all;
    }

    /// <summary>Signs a digest with Rekey's own document key; the app has no right to sign with any other.</summary>
    /// <param name="algorithm">A JWS algorithm (RFC 7518), such as ES256. The vault does not hash.</param>
    /// <returns>The raw signature, r||s for ECDSA.</returns>
    public async Task<byte[]> SignAsync(
        SigningKey key,
        string version,
        string algorithm,
        ReadOnlyMemory<byte> digest,
        CancellationToken cancellationToken
    )
    {
        var what = $"Signing with {key}/{version}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new VaultWire.SignRequest(algorithm, Base64Url.EncodeToString(digest.Span)),
            VaultJson.Default.SignRequest
        );
        var reply = await _vaults.ComputeAsync(
            VaultPipeline.AddressOf(key, "keys", VaultPipeline.Segment(version) + "/sign"),
            body,
            what,
            cancellationToken
        );
        await RefuseAsync(key, reply, what, cancellationToken);
        var signed = Read(reply, VaultJson.Default.SignReply, what);
        return
            signed.Value is { } value
            && Base64Url.IsValid(value)
            && string.Equals(VaultWire.VersionOf(signed.Kid, key.Name), version, StringComparison.OrdinalIgnoreCase)
            ? Base64Url.DecodeFromChars(value)
            : throw VaultErrors.Misunderstood(what);
    }

    /// <summary>Verifies a signature over a digest in the vault.</summary>
    public async Task<bool> VerifyAsync(
        SigningKey key,
        string version,
        string algorithm,
        ReadOnlyMemory<byte> digest,
        ReadOnlyMemory<byte> signature,
        CancellationToken cancellationToken
    )
    {
        var what = $"Verifying with {key}/{version}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new VaultWire.VerifyRequest(algorithm, Base64Url.EncodeToString(digest.Span), Base64Url.EncodeToString(signature.Span)),
            VaultJson.Default.VerifyRequest
        );
        var reply = await _vaults.ComputeAsync(
            VaultPipeline.AddressOf(key, "keys", VaultPipeline.Segment(version) + "/verify"),
            body,
            what,
            cancellationToken
        );
        await RefuseAsync(key, reply, what, cancellationToken);
        return Read(reply, VaultJson.Default.VerifyReply, what).Value ?? throw VaultErrors.Misunderstood(what);
    }

    private async Task<KeyVersion> VersionAsync(SigningKey key, VaultReply reply, string what, CancellationToken cancellationToken)
    {
        await RefuseAsync(key, reply, what, cancellationToken);
        return VaultWire.VersionOf(Read(reply, VaultJson.Default.Bundle, what), key.Name) ?? throw VaultErrors.Misunderstood(what);
    }

    /// <summary>Throws unless the reply is a success.</summary>
    private async Task RefuseAsync(SigningKey key, VaultReply reply, string what, CancellationToken cancellationToken)
    {
        if (reply.Status == 200)
        {
            return;
        }

        var refusal = VaultErrors.Of(reply, what);
        if (reply.Status == 404 && await IsDeletedAsync(key, cancellationToken))
        {
            throw VaultErrors.Deleted(refusal.Message);
        }

        if (VaultErrors.MayBeManaged(reply) && await IsManagedAsync(key, cancellationToken))
        {
            throw VaultErrors.Managed(what);
        }

        throw refusal;
    }

    // Both add details to a refusal; if they fail, the original refusal stays.
    private async Task<bool> IsDeletedAsync(SigningKey key, CancellationToken cancellationToken) =>
        (
            await TryGetAsync(
                VaultPipeline.AddressOf(key, "deletedkeys", ""),
                $"Looking for {key} among the deleted keys",
                cancellationToken
            )
        )?.Status == 200;

    private async Task<bool> IsManagedAsync(SigningKey key, CancellationToken cancellationToken)
    {
        var what = $"Reading the owner of {key}";
        return await TryGetAsync(VaultPipeline.AddressOf(key, "keys", "/"), what, cancellationToken) is { Status: 200 } reply
            && Read(reply, VaultJson.Default.Bundle, what).Managed == true;
    }

    private async Task<VaultReply?> TryGetAsync(Uri address, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await _vaults.GetAsync(address, what, cancellationToken);
        }
        catch (Exception failure) when (failure is RetryLaterException or CannotContinueException)
        {
            return null;
        }
    }

    private static Uri? NextOf(string? link, Uri vault, string what)
    {
        if (string.IsNullOrEmpty(link))
        {
            return null;
        }

        // The request carries the token, so it goes only to the vault. Uri.Port is 443 with and without ":443".
        return
            Uri.TryCreate(link, UriKind.Absolute, out var next)
            && string.Equals(next.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            && string.Equals(next.Host, vault.Host, StringComparison.OrdinalIgnoreCase)
            && next.Port == vault.Port
            ? next
            : throw new CannotContinueException(
                VaultReasons.BadRequest,
                $"{what}: the vault links to a next page on another host. Rekey did not follow it.",
                "Check the vault's address, and the proxies between the vault and the app."
            );
    }

    private static T Read<T>(VaultReply reply, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body.Span, type) ?? throw VaultErrors.Misunderstood(what);
        }
        catch (JsonException)
        {
            throw VaultErrors.Misunderstood(what);
        }
    }
}
