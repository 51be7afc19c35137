using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Ledgers;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>An issuer with a key: mints tokens, honest ones and others, and gives its entry in the trust list.</summary>
internal sealed class TestIssuer
{
    public const string Issuer = "https://login.example";

    public static readonly DateTimeOffset Start = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public PublicJwk Public => RollingSigner.PublicOf(Key);

    public string Kid => Public.Thumbprint;

    public TrustEntry Entry(TrustWindow? window = null) =>
        new(
            "kv/login",
            "v1",
            Kid,
            Kid,
            Public,
            "login",
            Issuer,
            ["shop"],
            ["ES256"],
            window ?? new(Start.AddDays(-1), Start.AddDays(-1), IssuedUntil: null, TrustedUntil: null),
            Current: true
        );

    public static TrustList List(params TrustEntry[] keys) =>
        new("prod", 1, Start, Start.AddHours(12), LedgerMark.Empty, keys, []) { Tokens = new(3600, 300) };

    public string Header(string? more = null, string alg = "ES256", string typ = "at+jwt") =>
        $$"""{"alg":"{{alg}}","kid":"{{Kid}}","typ":"{{typ}}"{{more}}}""";

    public static string Claims(
        string jti = "\"1\"",
        string sub = "\"s\"",
        string aud = "\"shop\"",
        string iat = "-60",
        string exp = "600",
        string? more = null
    ) => $$"""{"iss":"{{Issuer}}","aud":{{aud}},"sub":{{sub}},"jti":{{jti}},"iat":{{Time(iat)}},"exp":{{Time(exp)}}{{more}}}""";

    public string Mint(string? claims = null, string? header = null, ECDsa? key = null)
    {
        var input = $"{Part(header ?? Header())}.{Part(claims ?? Claims())}";
        var signature = (key ?? Key).SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Seconds after the start, or the text as it is.</summary>
    private static string Time(string time) => int.TryParse(time, out var after) ? $"{Start.ToUnixTimeSeconds() + after}" : time;

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
