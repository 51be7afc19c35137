using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Tests.Trust;

/// <summary>Mints tokens, honest ones and others, and the trust list that they are judged against.</summary>
internal sealed class TokenForge
{
    public static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public static readonly TrustOptions Options = new();

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ECDsa OtherKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => Rekey.Tests.Doubles.Vaults.FakeVault.PublicOf(Key);

    public PublicJwk OtherPublic => Rekey.Tests.Doubles.Vaults.FakeVault.PublicOf(OtherKey);

    public TrustList List(TrustWindow? window = null, params string[] revoked) =>
        new(
            "prod",
            1,
            Now,
            Now.AddHours(12),
            LedgerMark.Empty,
            [
                Entry("login", "https://login.example", "shop", Public, window),
                Entry("minor", "https://minor.example", "minor-shop", OtherPublic, window: null),
            ],
            revoked
        );

    public string Header(string? more = null, string alg = "ES256") =>
        $$"""{"alg":"{{alg}}","kid":"{{Public.Thumbprint}}","typ":"at+jwt"{{more}}}""";

    public static string Claims(
        string aud = "\"shop\"",
        string iss = "https://login.example",
        int iat = -60,
        int exp = 600,
        string? more = null
    ) =>
        $$"""
            {"iss":"{{iss}}","aud":{{aud}},"sub":"s","jti":"1","iat":{{Now.ToUnixTimeSeconds() + iat}},
            "exp":{{Now.ToUnixTimeSeconds() + exp}}{{more}}}
            """.ReplaceLineEndings("");

    public string Mint(string? header = null, string? claims = null, ECDsa? key = null, Func<byte[], byte[]>? sign = null)
    {
        var input = $"{Part(header ?? Header())}.{Part(claims ?? Claims())}";
        var bytes = Encoding.ASCII.GetBytes(input);
        var signature = sign?.Invoke(bytes)
            ?? (key ?? Key).SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public TokenVerdict Judge(string token, TrustList? list = null) => TokenJudge.Judge(token, list ?? List(), Options, Now);

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static TrustEntry Entry(string name, string issuer, string audience, PublicJwk key, TrustWindow? window) =>
        new(
            $"kv/{name}",
            "v1",
            key.Thumbprint,
            key.Thumbprint,
            key,
            name,
            issuer,
            [audience],
            ["ES256"],
            window ?? new(Now.AddDays(-1), Now.AddDays(-1), IssuedUntil: null, TrustedUntil: null),
            Current: true
        );
}
