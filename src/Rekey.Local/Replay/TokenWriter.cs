using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>Writes an access token (RFC 9068) without its signature.</summary>
internal static class TokenWriter
{
    public static string SigningInput(WorldKey key, string kid, string subject, DateTimeOffset now)
    {
        var header = new
        {
            alg = "ES256",
            kid,
            typ = "at+jwt",
        };
        var payload = new
        {
            iss = key.Issuer,
            sub = subject,
            aud = key.Audience,
            client_id = "shop-app",
            jti = Guid.NewGuid().ToString("N"),
            iat = now.ToUnixTimeSeconds(),
            exp = (now + key.TokenLifetime).ToUnixTimeSeconds(),
            scope = "orders.read",
        };
        return $"{Encode(header)}.{Encode(payload)}";
    }

    private static string Encode<T>(T part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(part)));
}
