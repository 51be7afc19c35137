using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>
/// A key's rotation policy. It sets <c>exp</c> on versions that a rotation makes; the stand-in does not rotate by itself when a trigger
/// comes, since nothing of Rekey relies on it.
/// </summary>
internal sealed record KeyRotationPolicy(
    IReadOnlyList<LifetimeAction> Actions,
    string? ExpiryTime,
    DateTimeOffset? Created,
    DateTimeOffset? Updated
)
{
    private const int MinExpiryDays = 28;
    private const int MinRotateDays = 7;
    private static readonly LifetimeAction DefaultNotify = new("Notify", null, "P30D");

    /// <summary>The default policy of a key.</summary>
    public static KeyRotationPolicy Default { get; } = new([DefaultNotify], null, null, null);

    public DateTimeOffset? ExpiryFrom(DateTimeOffset created) =>
        ExpiryTime is null ? null : Period.Parse(ExpiryTime, "expiryTime").After(created);

    /// <summary>Reads and checks a PUT; a policy without Notify gets the default one.</summary>
    public static KeyRotationPolicy Parse(JsonObject body, KeyRotationPolicy old, DateTimeOffset now)
    {
        var expiryTime = RequestJson.Object(body, "attributes") is { } attributes ? RequestJson.Text(attributes, "expiryTime") : null;
        var expiry = expiryTime is null ? null : Period.Parse(expiryTime, "expiryTime");
        if (expiry is { ApproximateDays: < MinExpiryDays })
        {
            throw VaultException.BadParameter($"The expiryTime must be at least {MinExpiryDays} days.");
        }

        var actions = body["lifetimeActions"] switch
        {
            null => [],
            JsonArray items => items.Select(item => ParseAction(item as JsonObject, expiry)).ToList(),
            _ => throw RequestJson.Wrong("lifetimeActions"),
        };
        if (actions.Select(a => a.Type).Distinct().Count() != actions.Count)
        {
            throw VaultException.BadParameter("A rotation policy has at most one action of each type.");
        }

        if (actions.TrueForAll(a => a.Type != DefaultNotify.Type))
        {
            actions.Add(DefaultNotify);
        }

        return new KeyRotationPolicy(actions, expiryTime, old.Created ?? now, now);
    }

    public JsonObject ToBody(string id)
    {
        var attributes = new JsonObject();
        if (ExpiryTime is not null)
        {
            attributes["expiryTime"] = ExpiryTime;
        }

        if (Created is { } created && Updated is { } updated)
        {
            attributes["created"] = created.ToUnixTimeSeconds();
            attributes["updated"] = updated.ToUnixTimeSeconds();
        }

        return new JsonObject
        {
            ["id"] = id,
            ["lifetimeActions"] = new JsonArray([.. Actions.Select(ToBody)]),
            ["attributes"] = attributes,
        };
    }

    private static JsonNode ToBody(LifetimeAction action) =>
        new JsonObject
        {
            ["trigger"] = action.TimeAfterCreate is not null
                ? new JsonObject { ["timeAfterCreate"] = action.TimeAfterCreate }
                : new JsonObject { ["timeBeforeExpiry"] = action.TimeBeforeExpiry },
            ["action"] = new JsonObject { ["type"] = action.Type },
        };

    private static LifetimeAction ParseAction(JsonObject? item, Period? expiry)
    {
        var given =
            item is null ? null
            : RequestJson.Object(item, "action") is { } action ? RequestJson.Text(action, "type")
            : null;
        var trigger = (item is null ? null : RequestJson.Object(item, "trigger")) ?? throw RequestJson.Wrong("trigger");
        var after = RequestJson.Text(trigger, "timeAfterCreate");
        var before = RequestJson.Text(trigger, "timeBeforeExpiry");
        if ((after is null) == (before is null))
        {
            throw VaultException.BadParameter("A trigger has either timeAfterCreate or timeBeforeExpiry.");
        }

        if ("Rotate".Equals(given, StringComparison.OrdinalIgnoreCase))
        {
            CheckRotate(after, before, expiry);
            return new LifetimeAction("Rotate", after, before);
        }

        if (!"Notify".Equals(given, StringComparison.OrdinalIgnoreCase))
        {
            throw VaultException.BadParameter("The type of an action is Rotate or Notify.");
        }

        if (before is null)
        {
            throw VaultException.BadParameter("Notify takes timeBeforeExpiry.");
        }

        // The service stores a Notify without expiryTime too (it is the default policy): it simply never fires.
        _ = Period.Parse(before, "timeBeforeExpiry");
        return new LifetimeAction("Notify", null, before);
    }

    private static void CheckRotate(string? after, string? before, Period? expiry)
    {
        if (before is not null && expiry is null)
        {
            throw VaultException.BadParameter("timeBeforeExpiry needs an expiryTime.");
        }

        var sinceCreation = after is not null
            ? Period.Parse(after, "timeAfterCreate").ApproximateDays
            : expiry!.ApproximateDays - Period.Parse(before!, "timeBeforeExpiry").ApproximateDays;
        if (sinceCreation < MinRotateDays)
        {
            throw VaultException.BadParameter($"Rotation must be at least {MinRotateDays} days after creation.");
        }

        if (expiry is not null && expiry.ApproximateDays - sinceCreation < MinRotateDays)
        {
            throw VaultException.BadParameter($"Rotation must be at least {MinRotateDays} days before expiry.");
        }
    }
}
