using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>Writes an access token (RFC 9068) without its signature.</summary>
internal static class TokenWriter
{
    /// <param name="jti">The token's id; null makes one.</param>
    public static string SigningInput(WorldKey key, string kid, string subject, DateTimeOffset now, string? jti = null)
    {
        var header = new
        {
            alg = "ES256",
            kid,
            typ = "at+jwt",
        };
        return $"{Encode(header)}.{Encode(Claims(key, subject, now, jti))}";
    }

    /// <summary>The claims of an access token.</summary>
    public static JsonObject Claims(WorldKey key, string subject, DateTimeOffset now, string? jti = null) =>
        new()
        {
            ["iss"] = key.Issuer,
            ["sub"] = subject,
            ["aud"] = key.Audience,
            ["client_id"] = "shop-app",
            ["jti"] = jti ?? Guid.NewGuid().ToString("N"),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + key.TokenLifetime).ToUnixTimeSeconds(),
            ["scope"] = "orders.read",
        };

    private static string Encode<T>(T part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(part)));
}
