using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>Writes the bodies about keys: bundles, list items and their ids. Times are Unix seconds.</summary>
/// <param name="options">Decides on the recovery level.</param>
/// <param name="address">What every id begins with.</param>
internal sealed class KeyBodies(KeyVaultOptions options, VaultAddress address)
{
    private const int LongestRetentionDays = 90;

    public string KeyId(string name) => $"{address.Root}/keys/{name}";

    public string VersionId(string name, string version) => $"{address.Root}/keys/{name}/{version}";

    public string DeletedId(string name) => $"{address.Root}/deletedkeys/{name}";

    public string PolicyId(string name) => $"{address.Root}/keys/{name}/rotationpolicy";

    public JsonObject Bundle(StoredKey key, StoredKeyVersion version)
    {
        var jwk = new JsonObject
        {
            ["kid"] = VersionId(key.Name, version.Id),
            ["kty"] = version.Material.Shape.Kty,
            ["key_ops"] = new JsonArray([.. version.Ops.Select(op => (JsonNode)op)]),
        };
        version.Material.WritePublic(jwk);
        return Common(new JsonObject { ["key"] = jwk }, key, version);
    }

    public JsonObject DeletedBundle(StoredKey key) => Deleted(Bundle(key, key.Latest), key);

    /// <summary>An item of the list of keys: the id has no version, the attributes are those of the latest.</summary>
    public JsonObject KeyItem(StoredKey key) => Common(new JsonObject { ["kid"] = KeyId(key.Name) }, key, key.Latest);

    public JsonObject VersionItem(StoredKey key, StoredKeyVersion version) =>
        Common(new JsonObject { ["kid"] = VersionId(key.Name, version.Id) }, key, version);

    public JsonObject DeletedItem(StoredKey key) => Deleted(KeyItem(key), key);

    /// <summary>The members about the deletion come first.</summary>
    private JsonObject Deleted(JsonObject body, StoredKey key)
    {
        body.Insert(0, "recoveryId", DeletedId(key.Name));
        body.Insert(1, "deletedDate", key.DeletedOn!.Value.ToUnixTimeSeconds());
        body.Insert(2, "scheduledPurgeDate", key.DeletedOn.Value.AddDays(options.RetentionDays).ToUnixTimeSeconds());
        return body;
    }

    private JsonObject Common(JsonObject body, StoredKey key, StoredKeyVersion version)
    {
        var attributes = new JsonObject { ["enabled"] = version.Enabled };
        if (version.NotBefore is { } from)
        {
            attributes["nbf"] = from.ToUnixTimeSeconds();
        }

        if (version.Expires is { } until)
        {
            attributes["exp"] = until.ToUnixTimeSeconds();
        }

        attributes["created"] = version.Created.ToUnixTimeSeconds();
        attributes["updated"] = version.Updated.ToUnixTimeSeconds();
        attributes["recoveryLevel"] = RecoveryLevel();
        attributes["recoverableDays"] = options.RetentionDays;
        attributes["exportable"] = false;
        attributes["hsmPlatform"] = version.Material.Shape.Hsm ? "2" : "0";
        body["attributes"] = attributes;
        if (version.Tags is { Count: > 0 } tags)
        {
            body["tags"] = new JsonObject(tags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));
        }

        if (key.Managed)
        {
            body["managed"] = true;
        }

        return body;
    }

    private string RecoveryLevel() =>
        (options.RetentionDays < LongestRetentionDays ? "CustomizedRecoverable" : "Recoverable")
        + (options.PurgeProtection ? string.Empty : "+Purgeable");
}
