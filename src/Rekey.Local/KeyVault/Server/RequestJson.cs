using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.KeyVault.Server;

/// <summary>Reads members of a request; whatever has a wrong type is a 400 that names the member.</summary>
internal static class RequestJson
{
    public static string? Text(JsonObject body, string name) => Value<string>(body, name, JsonValueKind.String);

    public static bool? Flag(JsonObject body, string name) => Value<bool?>(body, name, JsonValueKind.True, JsonValueKind.False);

    public static int? Number(JsonObject body, string name) => Value<int?>(body, name, JsonValueKind.Number);

    public static JsonObject? Object(JsonObject body, string name) =>
        body[name] switch
        {
            null => null,
            JsonObject found => found,
            _ => throw Wrong(name),
        };

    public static DateTimeOffset? Time(JsonObject body, string name)
    {
        try
        {
            return Value<long?>(body, name, JsonValueKind.Number) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Wrong(name);
        }
    }

    public static byte[] Bytes(JsonObject body, string name)
    {
        try
        {
            return Base64UrlEncoder.DecodeBytes(Text(body, name) ?? throw Wrong(name));
        }
        catch (FormatException)
        {
            throw Wrong(name);
        }
    }

    public static IReadOnlyList<string>? Texts(JsonObject body, string name) =>
        body[name] switch
        {
            null => null,
            JsonArray items when items.All(i => i?.GetValueKind() == JsonValueKind.String) => [.. items.Select(i => i!.GetValue<string>())],
            _ => throw Wrong(name),
        };

    /// <summary>At most 15 tags of at most 256 characters.</summary>
    public static IReadOnlyDictionary<string, string>? Tags(JsonObject body)
    {
        if (Object(body, "tags") is not { } given)
        {
            return null;
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (value?.GetValueKind() != JsonValueKind.String || name.Length > 256 || value.GetValue<string>().Length > 256)
            {
                throw Wrong("tags");
            }

            tags[name] = value.GetValue<string>();
        }

        return tags.Count <= 15 ? tags : throw VaultException.BadParameter("A key can have at most 15 tags.");
    }

    public static VaultException Wrong(string name) =>
        VaultException.BadParameter($"Property '{name}' is missing or has an invalid value.");

    private static T? Value<T>(JsonObject body, string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (body[name] is not { } node)
        {
            return default;
        }

        if (!kinds.Contains(node.GetValueKind()))
        {
            throw Wrong(name);
        }

        try
        {
            return node.GetValue<T>();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Wrong(name); // a number with a fraction, or too large
        }
    }
}
