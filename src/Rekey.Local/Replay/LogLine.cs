using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Rekey.Local.Replay;

/// <summary>Lines of the token logs, with the columns of the views.</summary>
internal static class LogLine
{
    private static readonly JsonSerializerOptions Columns = new() { PropertyNamingPolicy = null };

    /// <summary>Writes an issuance as an issuer logs it.</summary>
    public static string Issued(string token)
    {
        var read = new JsonWebToken(token);
        return JsonSerializer.Serialize(
            new
            {
                TimeGenerated = new DateTimeOffset(read.IssuedAt),
                Iss = read.Issuer,
                Jti = read.Id,
                Kid = read.Kid,
                Sub = read.Subject,
                Aud = read.Audiences.Single(),
                IssuedAt = new DateTimeOffset(read.IssuedAt),
                ExpiresAt = new DateTimeOffset(read.ValidTo),
                SigningInputSha256 = Hash(token),
                IssuerInstance = "issuer-1",
            },
            Columns
        );
    }

    /// <summary>Writes an accepted access as a gateway logs it.</summary>
    /// <param name="thumbprint">The key that verified the signature.</param>
    public static string Accepted(string token, string thumbprint, string address, DateTimeOffset at)
    {
        var read = new JsonWebToken(token);
        return JsonSerializer.Serialize(
            new
            {
                TimeGenerated = at,
                Iss = read.Issuer,
                Jti = read.Id,
                Kid = read.Kid,
                Sub = read.Subject,
                Aud = read.Audiences.Single(),
                IssuedAt = new DateTimeOffset(read.IssuedAt),
                ExpiresAt = new DateTimeOffset(read.ValidTo),
                SigningInputSha256 = Hash(token),
                KeyThumbprint = thumbprint,
                SignatureVerified = true,
                SrcIpAddr = address,
                UserAgent = "python-requests/2.32",
                Path = "/api/addresses",
                StatusCode = 200,
                Gateway = "gateway-1",
            },
            Columns
        );
    }

    private static string Hash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')])));
}
