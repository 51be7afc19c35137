using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Cli.Gateways;

/// <summary>Puts tokens together and takes them apart, without any check.</summary>
internal static class CraftedToken
{
    /// <summary>Header and claims as they are signed.</summary>
    public static string Input(string header, string claims) => $"{Part(header)}.{Part(claims)}";

    /// <summary>A token without a signature.</summary>
    public static string Unsigned(string header, string claims) => $"{Input(header, claims)}.";

    /// <summary>A token with an HMAC.</summary>
    public static string WithHmac(string header, string claims, string secret)
    {
        var input = Input(header, claims);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(input));
        return $"{input}.{Base64Url.EncodeToString(mac)}";
    }

    /// <summary>The SHA-256 of the signing input, as the blocklist names a token.</summary>
    public static string Hash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')])));

    /// <summary>Header and claims of a token; null when it has none.</summary>
    public static (JsonObject Header, JsonObject Claims)? Read(string token)
    {
        try
        {
            return token.Split('.') is [var header, var claims, _] && Json(header) is { } read && Json(claims) is { } said
                ? (read, said)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A JSON object with members that replace those of the same name; a member without a value is left out.</summary>
    public static string With(JsonObject json, params (string Name, JsonNode? Value)[] members)
    {
        var copy = json.DeepClone().AsObject();
        foreach (var (name, value) in members)
        {
            copy.Remove(name);
            if (value is not null)
            {
                copy[name] = value;
            }
        }

        return copy.ToJsonString();
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static JsonObject? Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
}
