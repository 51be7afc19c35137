using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Rekey.Cli.Gateways;

/// <summary>The tokens that a gateway must refuse under the first lists. Each is honest but for one thing.</summary>
internal static class MustRefuse
{
    /// <summary>What needs no key of an issuer: it is made from any honest token.</summary>
    /// <param name="foreign">A key that no list names.</param>
    /// <param name="foreignJwks">An address that serves that key; null: none does.</param>
    public static IEnumerable<GatewayCase> OfAny(string honest, ThrowawayKey foreign, string? foreignJwks)
    {
        if (CraftedToken.Read(honest) is not var (header, claims))
        {
            yield break;
        }

        string Signed(params (string, JsonNode?)[] members) => foreign.Token(CraftedToken.With(header, members), claims.ToJsonString());
        yield return new("no-token", "no token at all", Token: null);
        yield return new("not-a-token", "a text that is no token", "abc");
        yield return new(
            "alg-none",
            "alg none, without a signature",
            CraftedToken.Unsigned(CraftedToken.With(header, ("alg", "none")), claims.ToJsonString())
        );
        yield return new(
            "alg-none-spelled",
            "alg nOnE, without a signature",
            CraftedToken.Unsigned(CraftedToken.With(header, ("alg", "nOnE")), claims.ToJsonString())
        );
        yield return new("no-signature", "an honest token without its signature", honest[..(honest.LastIndexOf('.') + 1)]);
        yield return new(
            "altered-claims",
            "another subject under the signature of an honest token",
            $"{CraftedToken.Input(header.ToJsonString(), CraftedToken.With(claims, ("sub", "another")))}{honest[honest.LastIndexOf('.')..]}"
        );
        yield return new("wrong-signature", "an honest kid, signed with another key", Signed(("alg", "ES256")));
        yield return new("unknown-kid", "a kid that no list names", Signed(("alg", "ES256"), ("kid", foreign.Kid)));
        yield return new(
            "jwk-header",
            "the signing key in the header (jwk)",
            Signed(("alg", "ES256"), ("jwk", JsonNode.Parse(foreign.Jwk)), ("kid", foreign.Kid))
        );
        yield return new(
            "jwk-header-kid",
            "an honest kid, the signing key in the header (jwk)",
            Signed(("alg", "ES256"), ("jwk", JsonNode.Parse(foreign.Jwk)))
        );
        if (foreignJwks is not null)
        {
            yield return new(
                "jku-header",
                "an address of the signing key in the header (jku)",
                Signed(("alg", "ES256"), ("jku", foreignJwks), ("kid", foreign.Kid))
            );
            yield return new(
                "x5u-header",
                "an address of a certificate in the header (x5u)",
                Signed(("alg", "ES256"), ("x5u", foreignJwks), ("kid", foreign.Kid))
            );
        }
    }

    /// <summary>What needs the issuer's own keys.</summary>
    /// <param name="blockedByHash">The token that the blocklist names by its hash.</param>
    public static IEnumerable<GatewayCase> Of(ThrowawayIssuer issuer, string blockedByHash)
    {
        var (key, minute) = (issuer.Current, TimeSpan.FromMinutes(1));
        var header = ThrowawayIssuer.Header(key);
        JsonObject Claims() => issuer.Claims(ThrowawayIssuer.Fresh("t"));
        string With(params (string, JsonNode?)[] members) => key.Token(header.ToJsonString(), CraftedToken.With(Claims(), members));
        string Headed(params (string, JsonNode?)[] members) => key.Token(CraftedToken.With(header, members), Claims().ToJsonString());
        long At(TimeSpan after) => DateTimeOffset.UtcNow.Add(after).ToUnixTimeSeconds();

        // RFC 8725 §3.1, §3.2: the algorithm of the key, and no other.
        yield return new("hs256-pem", "HS256 with the public key (PEM) as the secret", Hmac(header, Claims(), key.Pem));
        yield return new("hs256-jwk", "HS256 with the public key (JWK) as the secret", Hmac(header, Claims(), key.Jwk));
        yield return new(
            "wrong-alg",
            "ES384 with a key that is bound to ES256",
            key.Token(CraftedToken.With(header, ("alg", "ES384")), Claims().ToJsonString(), HashAlgorithmName.SHA384)
        );

        // RFC 8725 §3.8, §3.9, §3.11: issuer, audience and type.
        yield return new(
            "other-issuers-kid",
            "signed by another issuer's trusted key",
            issuer.Other.Token(ThrowawayIssuer.Header(issuer.Other).ToJsonString(), Claims().ToJsonString())
        );
        yield return new("wrong-issuer", "an issuer that the key is not bound to", With(("iss", $"{issuer.Issuer}/other")));
        yield return new("wrong-audience", "an audience that the key is not bound to", With(("aud", "api://another")));
        yield return new("no-audience", "no audience", With(("aud", null)));
        yield return new("id-token", "an ID token (typ id+jwt)", Headed(("typ", "id+jwt")));
        yield return new("crit", "a critical header that does not exist", Headed(("crit", new JsonArray("x")), ("x", 1)));

        // RFC 7519 §4.1: times, and the JSON types of claims.
        yield return new(
            "expired",
            "expired an hour ago",
            key.Token(header.ToJsonString(), issuer.Claims("t", age: TimeSpan.FromHours(2)).ToJsonString())
        );
        yield return new("no-exp", "no exp", With(("exp", null)));
        yield return new("nbf-in-the-future", "not valid before in ten minutes", With(("nbf", At(10 * minute))));
        yield return new("iat-in-the-future", "issued in ten minutes", With(("iat", At(10 * minute))));
        yield return new("lives-too-long", "a life of a day, where an hour is the rule", With(("exp", At(TimeSpan.FromDays(1)))));
        yield return new("jti-as-a-number", "a jti that is a number: no block by its name matches it", With(("jti", 4711)));
        yield return new(
            "sub-as-a-list",
            "a sub that is a list: no block by its name matches it",
            With(("sub", new JsonArray("gateway-test")))
        );
        yield return new("exp-as-a-text", "an exp that is a text", With(("exp", "soon")));
        yield return new("iat-as-a-text", "an iat that is a text", With(("iat", "now")));

        // The trust window of the key.
        yield return new("before-the-window", "a key that is trusted from tomorrow on", issuer.Mint(issuer.Announced, "t"));
        yield return new("after-the-window", "a key whose trust has ended", issuer.Mint(issuer.Ended, "t", age: 10 * minute));
        yield return new("issued-after-the-key-stopped", "an iat after the key stopped signing", issuer.Mint(issuer.Stopped, "t"));

        // The blocklist.
        yield return new("blocked-by-jti", "blocked by its jti", issuer.Mint(key, "blocked-token"));
        yield return new("blocked-by-hash", "blocked by its hash", blockedByHash);
        yield return new("blocked-by-subject", "blocked by its subject", issuer.Mint(key, "t", "blocked-subject", 10 * minute));
        yield return new("blocked-by-kid", "blocked by its kid", issuer.Mint(issuer.Barred, "t", age: 10 * minute));
    }

    private static string Hmac(JsonObject header, JsonObject claims, string secret) =>
        CraftedToken.WithHmac(CraftedToken.With(header, ("alg", "HS256")), claims.ToJsonString(), secret);
}
