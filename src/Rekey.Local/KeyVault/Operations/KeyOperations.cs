using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>Makes, reads and changes keys.</summary>
internal sealed class KeyOperations(
    KeyVaultOptions options,
    KeyRing ring,
    KeyBodies bodies,
    VaultServiceLimits throttle,
    VaultAddress address
)
{
    // Lists concern no one kind of key; they count as the cheapest.
    private static readonly KeyShape AnyShape = new(KeyShape.Ec, null, "P-256", false);

    private static readonly TimeSpan ImportKeyLifetime = TimeSpan.FromDays(2);

    public async Task<VaultResponse> CreateAsync(VaultCall call)
    {
        KeyRules.CheckName(call.Name!);
        var body = await call.ReadBodyAsync();
        var shape = KeyShape.Parse(RequestJson.Text(body, "kty"), RequestJson.Number(body, "key_size"), RequestJson.Text(body, "crv"));
        throttle.Charge(shape, create: true);
        KeyRules.CheckNameIsFree(ring.Look(call.Name!));
        var version = Apply(body, NewVersion(KeyMaterial.Generate(shape)));
        // A key for import alone ends by itself, unasked.
        return Added(
            call,
            version.Ops is [KeyShape.Import] ? version with { Expires = version.Expires ?? version.Created + ImportKeyLifetime } : version
        );
    }

    public async Task<VaultResponse> ImportAsync(VaultCall call)
    {
        KeyRules.CheckName(call.Name!);
        var body = await call.ReadBodyAsync();
        var jwk = RequestJson.Object(body, "key") ?? throw RequestJson.Wrong("key");
        var material = KeyImport.Read(jwk, RequestJson.Flag(body, "Hsm") ?? RequestJson.Flag(body, "hsm") ?? false);
        throttle.Charge(material.Shape, create: true);
        var version = Apply(body, NewVersion(material));
        return Added(call, Apply(jwk, version));
    }

    public Task<VaultResponse> GetAsync(VaultCall call)
    {
        var (key, version) = ring.FindVersion(call.Name!, call.Version);
        throttle.Charge(version.Material.Shape, create: false);
        return Answer(call, key, version);
    }

    public Task<VaultResponse> ListAsync(VaultCall call)
    {
        throttle.Charge(AnyShape, create: false);
        return Done(Paging.Page(call.Request, address.Root, ring.Active, k => k.Name, bodies.KeyItem, options.EmitEmptyPages));
    }

    /// <summary>Lists the versions by id, which is no useful order: callers must sort by <c>created</c>.</summary>
    public Task<VaultResponse> ListVersionsAsync(VaultCall call)
    {
        var key = ring.FindActive(call.Name!);
        throttle.Charge(key.Latest.Material.Shape, create: false);
        var versions = key.Versions.OrderBy(v => v.Id, StringComparer.Ordinal);
        return Done(Paging.Page(call.Request, address.Root, versions, v => v.Id, v => bodies.VersionItem(key, v), options.EmitEmptyPages));
    }

    public async Task<VaultResponse> UpdateAsync(VaultCall call)
    {
        var body = await call.ReadBodyAsync();
        var (found, old) = ring.FindVersion(call.Name!, call.Version);
        throttle.Charge(old.Material.Shape, create: false);
        KeyRules.CheckNotManaged(found, "update");
        StoredKeyVersion changed = old;
        var key = ring.ChangeActive(call.Name!, current =>
        {
            changed = Apply(body, current.Find(old.Id)!) with { Updated = StoredKeyVersion.Whole(Now) };
            return current.Replace(changed);
        });
        return await Answer(call, key, changed);
    }

    /// <summary>
    /// A new version of the same kind, size or curve; tags and operations are carried over, older versions stay as they are. Without a
    /// policy the new version has no exp (what the service does then is not confirmed).
    /// </summary>
    public Task<VaultResponse> RotateAsync(VaultCall call)
    {
        var found = ring.FindActive(call.Name!);
        throttle.Charge(found.Latest.Material.Shape, create: true);
        KeyRules.CheckNotManaged(found, "rotate");
        var fresh = NewVersion(KeyMaterial.Generate(found.Latest.Material.Shape));
        var key = ring.ChangeActive(call.Name!, current =>
        {
            fresh = fresh with { Ops = current.Latest.Ops, Tags = current.Latest.Tags, Expires = current.Policy.ExpiryFrom(fresh.Created) };
            return current.With(fresh);
        });
        return Answer(call, key, fresh);
    }

    public Task<VaultResponse> GetPolicyAsync(VaultCall call)
    {
        var key = ring.FindActive(call.Name!);
        throttle.Charge(key.Latest.Material.Shape, create: false);
        return Done(key.Policy.ToBody(bodies.PolicyId(key.Name)));
    }

    public async Task<VaultResponse> SetPolicyAsync(VaultCall call)
    {
        var body = await call.ReadBodyAsync();
        var found = ring.FindActive(call.Name!);
        throttle.Charge(found.Latest.Material.Shape, create: false);
        KeyRules.CheckNotManaged(found, "setrotationpolicy");
        var key = ring.ChangeActive(call.Name!, current =>
            current with
            {
                Policy = KeyRotationPolicy.Parse(body, current.Policy, StoredKeyVersion.Whole(Now)),
            }
        );
        return VaultResponse.Ok(key.Policy.ToBody(bodies.PolicyId(key.Name)));
    }

    private DateTimeOffset Now => options.Time.GetUtcNow();

    private StoredKeyVersion NewVersion(KeyMaterial material) => StoredKeyVersion.New(material, Now);

    private static StoredKeyVersion Apply(JsonObject body, StoredKeyVersion version)
    {
        if (body.ContainsKey("release_policy"))
        {
            throw VaultException.BadParameter("A release policy needs an exportable key, and this vault holds none.");
        }

        if (RequestJson.Object(body, "attributes") is { } attributes)
        {
            if (RequestJson.Flag(attributes, "exportable") == true)
            {
                throw VaultException.BadParameter("An exportable key needs a release policy and a hardware module.");
            }

            version = version with
            {
                Enabled = RequestJson.Flag(attributes, "enabled") ?? version.Enabled,
                NotBefore = RequestJson.Time(attributes, "nbf") ?? version.NotBefore,
                Expires = RequestJson.Time(attributes, "exp") ?? version.Expires,
            };
        }

        var ops = RequestJson.Texts(body, "key_ops");
        if (ops?.FirstOrDefault(op => !version.Material.Shape.TakenOps.Contains(op)) is { } impossible)
        {
            throw VaultException.BadParameter(
                $"Property 'key_ops' has an invalid value for a key of type {version.Material.Shape.Kty}: '{impossible}'."
            );
        }

        return version with
        {
            Ops = ops ?? version.Ops,
            Tags = RequestJson.Tags(body) ?? version.Tags,
        };
    }

    private static Task<VaultResponse> Done(JsonObject body) => Task.FromResult(VaultResponse.Ok(body));

    private VaultResponse Added(VaultCall call, StoredKeyVersion version)
    {
        var key = ring.Add(call.Name!, version);
        call.KeyId = bodies.VersionId(key.Name, version.Id);
        return VaultResponse.Ok(bodies.Bundle(key, version));
    }

    private Task<VaultResponse> Answer(VaultCall call, StoredKey key, StoredKeyVersion version)
    {
        call.KeyId = bodies.VersionId(key.Name, version.Id);
        return Done(bodies.Bundle(key, version));
    }
}
