using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.Identity;

/// <summary>Makes access tokens with the claims of Entra's version 2.0 tokens, signed RS256 with a key of this run.</summary>
internal sealed class TokenMint : IDisposable
{
    private const int SignatureKeyBits = 2048;
    private readonly RSA _rsa = RSA.Create(SignatureKeyBits);
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly RsaSecurityKey _key;
    private readonly TimeProvider _timeProvider;
    private readonly string _tenantId;

    public TokenMint(string tenantId, TimeProvider timeProvider)
    {
        _tenantId = tenantId;
        _timeProvider = timeProvider;
        var parameters = _rsa.ExportParameters(false);
        _key = new RsaSecurityKey(_rsa);
        _key.KeyId = Base64UrlEncoder.Encode(_key.ComputeJwkThumbprint()); // RFC 7638
        Jwks = new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["alg"] = SecurityAlgorithms.RsaSha256,
                    ["kid"] = _key.KeyId,
                    ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
                    ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
                }
            ),
        };
    }

    public JsonObject Jwks { get; }

    public SecurityKey PublicKey => _key;

    /// <summary>The issuer, known once the authority has its port.</summary>
    public string Issuer { get; set; } = string.Empty;

    public (string Token, DateTimeOffset Expires) Mint(
        string objectId,
        string audience,
        IEnumerable<string> roles,
        string appId,
        TimeSpan lifetime
    )
    {
        var issued = DateTimeOffset.FromUnixTimeSeconds(_timeProvider.GetUtcNow().ToUnixTimeSeconds());
        var expires = issued + lifetime;
        // A token that has already expired was valid once: it was issued before it ran out.
        var from = expires > issued ? issued : expires - TimeSpan.FromHours(1);
        var claims = new Dictionary<string, object>
        {
            ["oid"] = objectId,
            ["sub"] = objectId,
            ["tid"] = _tenantId,
            ["appid"] = appId,
            ["azp"] = appId,
            ["azpacr"] = "1",
            ["idtyp"] = "app",
            ["ver"] = "2.0",
            ["uti"] = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16)),
        };
        var granted = roles.ToArray();
        if (granted.Length > 0)
        {
            claims["roles"] = granted;
        }

        var token = _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = audience,
                Claims = claims,
                IssuedAt = from.UtcDateTime,
                NotBefore = from.UtcDateTime,
                Expires = expires.UtcDateTime,
                SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
            }
        );
        return (token, expires);
    }

    /// <summary>Signs a security event token (RFC 8417).</summary>
    public string MintEvent(JsonObject claims)
    {
        var header = new JsonObject
        {
            ["typ"] = "secevent+jwt",
            ["alg"] = SecurityAlgorithms.RsaSha256,
            ["kid"] = _key.KeyId,
        };
        var input = $"{Base64UrlEncoder.Encode(header.ToJsonString())}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{input}.{Base64UrlEncoder.Encode(signature)}";
    }

    public void Dispose() => _rsa.Dispose();
}
