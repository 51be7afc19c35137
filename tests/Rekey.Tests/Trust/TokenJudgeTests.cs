using System.Collections;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Tests.Trust;

public sealed class TokenJudgeTests
{
    private readonly TokenForge _forge = new();

    [Fact]
    public void An_honest_token_is_active_with_its_claims_and_the_entry_that_vouches_for_it()
    {
        var verdict = _forge.Judge(_forge.Mint());

        Assert.True(verdict.Active);
        Assert.Equal("s", verdict.Claims!.Value.GetProperty("sub").GetString());
        Assert.Equal("login", verdict.Entry!.IssuerName);
    }

    [Fact]
    public void One_audience_of_several_is_enough() =>
        Assert.True(_forge.Judge(_forge.Mint(claims: TokenForge.Claims(aud: """["other","shop"]"""))).Active);

    /// <summary>RFC 7519 §4.1.3: other verifiers cannot read it.</summary>
    [Fact]
    public void A_list_of_audiences_with_a_number_is_malformed() =>
        Assert.Equal("malformed-claims", _forge.Judge(_forge.Mint(claims: TokenForge.Claims(aud: """["other",7,"shop"]"""))).Refusal);

    [Fact]
    public void An_rsa_token_is_judged_by_the_rsa_algorithm_that_its_entry_names()
    {
        using var rsa = RSA.Create(2048);
        var p = rsa.ExportParameters(false);
        var jwk = PublicJwk.FromVault(
            "RSA-HSM",
            null,
            null,
            null,
            System.Buffers.Text.Base64Url.EncodeToString(p.Modulus),
            System.Buffers.Text.Base64Url.EncodeToString(p.Exponent)
        );
        var list = new TrustList(
            "prod",
            1,
            TokenForge.Now,
            TokenForge.Now.AddHours(12),
            LedgerMark.Empty,
            [_forge.List().Keys[0] with { PublicKey = jwk, Thumbprint = jwk.Thumbprint, Kid = jwk.Thumbprint, Algorithms = ["PS256"] }],
            []
        );
        string Mint(string alg, RSASignaturePadding padding) =>
            _forge.Mint($$"""{"alg":"{{alg}}","kid":"{{jwk.Thumbprint}}"}""", sign: b =>
                rsa.SignData(b, HashAlgorithmName.SHA256, padding)
            );

        Assert.True(_forge.Judge(Mint("PS256", RSASignaturePadding.Pss), list).Active);
        Assert.Equal("signature-wrong", _forge.Judge(Mint("PS256", RSASignaturePadding.Pkcs1), list).Refusal);
        Assert.Equal("alg-not-bound", _forge.Judge(Mint("RS256", RSASignaturePadding.Pkcs1), list).Refusal);
    }

    [Fact]
    public void Keys_that_a_token_brings_along_are_never_looked_at()
    {
        var theirs = _forge.OtherPublic;
        var brought = $$"""
            ,"jwk":{"kty":"EC","crv":"P-256","x":"{{theirs.X}}","y":"{{theirs.Y}}"},"jku":"https://evil.example/jwks",
             "x5u":"https://evil.example/x","x5c":["AAAA"]
            """;

        Assert.Equal("signature-wrong", _forge.Judge(_forge.Mint(_forge.Header(brought), key: _forge.OtherKey)).Refusal);
        Assert.True(_forge.Judge(_forge.Mint(_forge.Header(brought))).Active);
    }

    [Theory]
    [InlineData("kid-not-trusted", """{"alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("kid-not-trusted", """{"alg":"ES256","kid":"unknown"}""")]
    [InlineData("kid-not-trusted", """{"alg":"ES256","kid":7}""")]
    [InlineData("unreadable", "[]")]
    [InlineData("unreadable", "not json")]
    public void A_header_that_names_no_trusted_key_is_refused(string refusal, string header) =>
        Assert.Equal(refusal, _forge.Judge(_forge.Mint(header)).Refusal);

    [Fact]
    public void Forgeries_are_refused_each_for_its_reason()
    {
        var claims = TokenForge.Claims();
        var pem = Encoding.ASCII.GetBytes(_forge.Key.ExportSubjectPublicKeyInfoPem());
        foreach (
            var (name, refusal, token) in new[]
            {
                ("alg none", "alg-not-bound", _forge.Mint(_forge.Header(alg: "none"), sign: _ => [])),
                (
                    "HS256 with the public key",
                    "alg-not-bound",
                    _forge.Mint(_forge.Header(alg: "HS256"), sign: b => HMACSHA256.HashData(pem, b))
                ),
                ("another algorithm", "alg-not-bound", _forge.Mint(_forge.Header(alg: "ES384"))),
                ("no algorithm", "alg-not-bound", _forge.Mint($$"""{"kid":"{{_forge.Public.Thumbprint}}"}""")),
                ("another key", "signature-wrong", _forge.Mint(key: _forge.OtherKey)),
                ("no signature", "signature-wrong", _forge.Mint(sign: _ => [])),
                (
                    "a DER signature",
                    "signature-wrong",
                    _forge.Mint(sign: b => _forge.Key.SignData(b, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                ),
                (
                    "the minor issuer's key in the flagship's name",
                    "kid-not-trusted",
                    _forge.Mint(
                        _forge.Header().Replace(_forge.Public.Thumbprint, _forge.OtherPublic.Thumbprint, StringComparison.Ordinal),
                        key: _forge.OtherKey
                    )
                ),
                (
                    "the flagship's key in the minor issuer's name",
                    "kid-not-trusted",
                    _forge.Mint(claims: TokenForge.Claims(iss: "https://minor.example"))
                ),
                ("another audience", "aud-not-bound", _forge.Mint(claims: TokenForge.Claims(aud: "\"minor-shop\""))),
                ("no audience", "aud-not-bound", _forge.Mint(claims: claims.Replace("\"aud\"", "\"uad\"", StringComparison.Ordinal))),
                ("an audience that is no text", "unreadable", _forge.Mint(claims: TokenForge.Claims(aud: "{}"))),
                ("two subjects", "unreadable", _forge.Mint(claims: TokenForge.Claims(more: ""","sub":"admin" """))),
                ("two algorithms", "unreadable", _forge.Mint(_forge.Header(""","alg":"none" """))),
                ("cty", "malformed-header", _forge.Mint(_forge.Header(""","cty":7"""))),
                ("x5t", "malformed-header", _forge.Mint(_forge.Header(""","x5t":7"""))),
                ("zip", "malformed-header", _forge.Mint(_forge.Header(""","zip":7"""))),
                ("enc", "malformed-header", _forge.Mint(_forge.Header(""","enc":7"""))),
                ("azp", "malformed-claims", _forge.Mint(claims: TokenForge.Claims(more: ""","azp":7"""))),
                ("crit", "crit-not-understood", _forge.Mint(_forge.Header(""","crit":["exp"],"exp":1"""))),
                ("expired", "expired", _forge.Mint(claims: TokenForge.Claims(iat: -1000, exp: -300))),
                ("from the future", "not-yet-valid", _forge.Mint(claims: TokenForge.Claims(iat: 301))),
                (
                    "not yet",
                    "not-yet-valid",
                    _forge.Mint(claims: TokenForge.Claims(more: $""","nbf":{TokenForge.Now.ToUnixTimeSeconds() + 301}"""))
                ),
                ("lives too long", "lives-too-long", _forge.Mint(claims: TokenForge.Claims(iat: -60, exp: 3541))),
                ("no exp", "no-exp-or-iat", _forge.Mint(claims: claims.Replace("\"exp\"", "\"pxe\"", StringComparison.Ordinal))),
                ("no iat", "no-exp-or-iat", _forge.Mint(claims: claims.Replace("\"iat\"", "\"tai\"", StringComparison.Ordinal))),
                ("exp beyond all time", "unreadable", _forge.Mint(claims: TokenForge.Claims(more: ""","nbf":1e400"""))),
                ("claims that are no object", "unreadable", _forge.Mint(claims: "7")),
                (
                    "nested too deeply",
                    "unreadable",
                    _forge.Mint(claims: TokenForge.Claims(more: $""","x":{new string('[', 40)}{new string(']', 40)}"""))
                ),
                (
                    "oversized",
                    "not-a-compact-jws",
                    _forge.Mint(claims: TokenForge.Claims(more: $""","x":"{new string('x', TokenJudge.MaxTokenLength)}" """))
                ),
                ("garbage", "not-a-compact-jws", "garbage"),
                ("nothing", "not-a-compact-jws", ""),
                ("four parts", "not-a-compact-jws", _forge.Mint() + ".AAAA"),
                ("no base64url", "unreadable", "!!.??.**"),
            }
        )
        {
            var verdict = _forge.Judge(token);
            Assert.True(verdict.Refusal == refusal, $"{name}: {verdict.Refusal ?? "active"}, not {refusal}");
            Assert.Null(verdict.Claims);
        }
    }

    [Fact]
    public void The_window_ends_what_the_signature_cannot()
    {
        var (now, token) = (TokenForge.Now, _forge.Mint());
        TrustWindow Window(int from = -10_000, int? issuedUntil = null, int? trustedUntil = null) =>
            new(
                now.AddSeconds(from),
                now.AddSeconds(from),
                issuedUntil is null ? null : now.AddSeconds(issuedUntil.Value),
                trustedUntil is null ? null : now.AddSeconds(trustedUntil.Value)
            );

        Assert.True(_forge.Judge(token, _forge.List(Window(issuedUntil: -60, trustedUntil: 1))).Active);
        Assert.Equal(
            "issued-after-the-key-stopped",
            _forge.Judge(token, _forge.List(Window(issuedUntil: -61, trustedUntil: 3000))).Refusal
        );
        Assert.Equal("trust-ended", _forge.Judge(token, _forge.List(Window(issuedUntil: -60, trustedUntil: 0))).Refusal);
        Assert.Equal("not-yet-trusted", _forge.Judge(token, _forge.List(Window(from: 301))).Refusal);
        Assert.Equal("kid-revoked", _forge.Judge(token, _forge.List(window: null, _forge.Public.Thumbprint)).Refusal);
    }

    /// <summary>Revocations stay in the list as long as a verifier may cache the key: no token must cost a scan of them, nor of the
    /// keys.</summary>
    [Fact]
    public void A_token_costs_no_scan_of_the_list()
    {
        var list = _forge.List();
        var (keys, revoked) = (new Counted<TrustEntry>(list.Keys), new Counted<string>([.. Enumerable.Range(0, 1000).Select(n => $"{n}")]));
        list = list with { Keys = keys, Revoked = revoked };
        (keys.Reads, revoked.Reads) = (0, 0);
        Assert.True(_forge.Judge(_forge.Mint(), list).Active);
        Assert.Equal("kid-not-trusted", _forge.Judge(_forge.Mint(claims: TokenForge.Claims(iss: "https://minor.example")), list).Refusal);
        Assert.Equal((0, 0), (keys.Reads, revoked.Reads));

        // A copy of the list with other revocations goes by these.
        list = list with { Revoked = [_forge.Public.Thumbprint] };
        Assert.Equal("kid-revoked", _forge.Judge(_forge.Mint(), list).Refusal);
        Assert.True(_forge.Judge(_forge.Mint(), list with { Revoked = [] }).Active);
        Assert.Equal("kid-not-trusted", _forge.Judge(_forge.Mint(), list with { Keys = [] }).Refusal);
    }

    [Fact]
    public void No_change_to_a_valid_token_leaves_it_active()
    {
        var token = _forge.Mint();
        var alphabet = Gen.OneOf(
            Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"],
            Gen.Char[".=%+/ \t\r\n\0"],
            Gen.Char
        );
        Gen.Select(Gen.Int[0, token.Length - 1], Gen.Int[0, 2], alphabet)
            .Sample(
                (at, kind, c) =>
                {
                    var changed = kind switch
                    {
                        0 => token[..at] + c + token[(at + 1)..],
                        1 => token.Insert(at, $"{c}"),
                        _ => token.Remove(at, 1),
                    };
                    return changed == token || !_forge.Judge(changed).Active;
                },
                iter: 20_000
            );
    }

    [Fact]
    public void No_second_spelling_of_a_signature_is_active()
    {
        // RFC 7515 §2: base64url without padding, line breaks or white space; RFC 4648 §3.5: the unused bits are zero.
        var token = _forge.Mint();
        var spellings = Enumerable
            .Range(1, 127)
            .SelectMany(c => new[] { $"{token}{(char)c}", $"{token[..^1]}{(char)c}", token.Insert(token.Length - 2, $"{(char)c}") });
        foreach (var other in spellings.Append($"{token}==").Append($"{token}%3D").Where(t => t != token))
        {
            Assert.False(_forge.Judge(other).Active, other[^4..]);
        }
    }

    [Fact]
    public void Random_claims_under_a_right_signature_never_break_the_judge() =>
        Gen.String.Sample(text => _ = _forge.Judge(_forge.Mint(claims: JsonSerializer.Serialize(text))).Refusal, iter: 300);

    /// <summary>Counts how often it is read from.</summary>
    private sealed class Counted<T>(IReadOnlyList<T> items) : IReadOnlyList<T>
    {
        public int Reads { get; set; }

        public int Count => items.Count;

        public T this[int index]
        {
            get
            {
                Reads++;
                return items[index];
            }
        }

        public IEnumerator<T> GetEnumerator()
        {
            Reads++;
            return items.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
