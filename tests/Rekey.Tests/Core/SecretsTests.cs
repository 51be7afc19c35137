using System.Buffers.Text;
using System.Text;
using CsCheck;
using Rekey.Core;

namespace Rekey.Tests.Core;

/// <summary>Tokens, keys and signatures are removed from text by their shape or by the name before them; other words stay.</summary>
public sealed class SecretsTests
{
    private static readonly Gen<string> Space = OneOf("", " ", "\t", "\n", "\r\n", " \n\t", "\uFEFF", "\uFEFF ");

    private static readonly Gen<string> Json = Gen.Select(
        Space,
        Space,
        OneOf("\"alg\":\"ES256\"", "\"typ\":\"at+jwt\",\"alg\":\"none\"", "\"enc\":\"A256GCM\",\"alg\":\"dir\""),
        (before, inside, members) => $"{before}{{{inside.Trim('\uFEFF')}{members}}}"
    );

    /// <summary>A JWS, also detached or unsecured, or a JWE.</summary>
    private static readonly Gen<string> Token = Gen.Select(
        Json,
        Gen.Byte.Array[0, 300],
        Gen.Byte.Array[32, 64],
        OneOf(".", "%2E", "%2e"),
        Gen.Int[0, 3],
        (header, payload, signature, dot, kind) =>
        {
            var (h, p, s) = (Encoded(Encoding.UTF8.GetBytes(header)), Encoded(payload), Encoded(signature));
            return kind switch
            {
                0 => $"{h}{dot}{p}{dot}{s}",
                1 => $"{h}{dot}{dot}{s}",
                2 => $"{h}{dot}{p}{dot}",
                _ => $"{h}{dot}{dot}{s}{dot}{p}{dot}{s}",
            };
        }
    );

    [Fact]
    public void A_token_is_removed_whatever_its_header_begins_with_and_whatever_stands_around_it() =>
        Gen.Select(
                Token,
                OneOf("", "seen: ", "'", "\"", "(", "token=", "Bearer ", "https://app.example/?q=", "a\n", "kid "),
                OneOf("", " was refused", "'", "\"", ")", "&x=1", ";", "\n", ", and")
            )
            .Sample(
                (token, before, after) =>
                {
                    var kept = Secrets.Without(before + token + after);
                    foreach (var part in token.Split(["%2E", "%2e", "."], StringSplitOptions.None).Where(p => p.Length >= 12))
                    {
                        Assert.DoesNotContain(part, kept, StringComparison.Ordinal);
                    }

                    Assert.Contains(Secrets.Removed, kept, StringComparison.Ordinal);
                },
                iter: 20_000
            );

    [Theory]
    [InlineData(
        "https://x.blob.core.windows.net/c/b?sv=2025&sig=HUSH%2Fhush%3D&se=1",
        "https://x.blob.core.windows.net/c/b?sv=2025&sig=(removed)&se=1"
    )]
    [InlineData("https://app.example/api?code=HUSHhush0123456789==", "https://app.example/api?code=(removed)")]
    [InlineData("aeg-sas-token sig%3DHUSHhush%26x", "aeg-sas-token sig%3D(removed)")]
    [InlineData("SharedAccessSignature sr=x&sig=HUSHhush&se=1&skn=k", "SharedAccessSignature (removed)")]
    [InlineData("AccountName=x;AccountKey=HUSHhush==;EndpointSuffix=y", "AccountName=x;AccountKey=(removed);EndpointSuffix=y")]
    [InlineData(
        "Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=HUSH=",
        "Endpoint=sb://x/;SharedAccessKeyName=(removed);SharedAccessKey=(removed)"
    )]
    [InlineData("Authorization: Bearer HUSHhush0123456789", "Authorization: Bearer (removed)")]
    [InlineData("Authorization: Basic SFVTSDpodXNo0123==", "Authorization: Basic (removed)")]
    [InlineData("x-functions-key: HUSH", "x-functions-key: (removed)")]
    [InlineData("X-Rekey-Key: HUSH", "X-Rekey-Key: (removed)")]
    [InlineData("{\"client_secret\":\"HUSH\",\"x\":1}", "{\"client_secret\":\"(removed)\",\"x\":1}")]
    [InlineData("{\\\"clientState\\\": \\\"HUSH\\\"}", "{\\\"clientState\\\": \\\"(removed)\\\"}")]
    [InlineData("{\"token\":\"HUSH\"}", "{\"token\":\"(removed)\"}")]
    [InlineData("client_secret=HUSH&grant_type=x", "client_secret=(removed)&grant_type=x")]
    [InlineData("pwd=HUSH;user=x", "pwd=(removed);user=x")]
    [InlineData("Password = x", "Password = x")]
    [InlineData("db_password=HUSH", "db_password=(removed)")]
    [InlineData("apiKey=HUSH", "apiKey=(removed)")]
    [InlineData("privateKey: HUSH", "privateKey: (removed)")]
    [InlineData("refresh_token=HUSH", "refresh_token=(removed)")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nHUSH\nHUSH=\n-----END PRIVATE KEY----- next", "(removed) next")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nHUSH", "(removed)")]
    public void A_value_is_removed_by_the_name_before_it(string text, string kept) => Assert.Equal(kept, Secrets.Without(text));

    /// <summary>What messages to operators consist of.</summary>
    [Theory]
    [InlineData("'kv-prod-01.vault.azure.net/shop' is not a key that this deployment governs.")]
    [InlineData("https://login.microsoftonline.com/6d0f0000-1111-2222-3333-444444444444/v2.0 answered 503 (ServiceUnavailable).")]
    [InlineData("func-rekey-production-westeurope-01.azurewebsites.net resolves to 10.20.30.40 and 2001:db8::1")]
    [InlineData("/subscriptions/6d0f0000-1111-2222-3333-444444444444/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv")]
    [InlineData("Microsoft.Graph.SubscriptionReauthorizationRequired")]
    [InlineData("Compare Departures:TenantId, ClientState, PreviousClientState and SubscriptionIds with the Graph subscription.")]
    [InlineData("Rekey:Keys:0:VaultUri must be an https address such as https://kv-prod-01.vault.azure.net.")]
    [InlineData("Its thumbprint is NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs, its kid 0123456789abcdef0123456789abcdef.")]
    [InlineData("Exit code=137; StatusCode=403; 3 tokens: 2 unissued, key: shop.")]
    [InlineData("The token log access-2027-03-01.09.ndjson.gz ends in the middle of a line.")]
    [InlineData("   at Rekey.Functions.Wire.DeadLetters.KeepDeadLetter.KeepAsync(String function) in /src/KeepDeadLetter.cs:line 58")]
    [InlineData("Grant the role Key Vault Crypto Service Encryption User to the app; secrets and tokens stay where they are.")]
    public void Other_words_stay(string text) => Assert.Equal(text, Secrets.Without(text));

    [Fact]
    public void A_long_text_takes_a_time_that_grows_with_its_length_alone()
    {
        // Each would take minutes with a backtracking pattern.
        foreach (var unit in new[] { "a", "a.", "token", "secret_", "-----BEGIN PRIVATE KEY-----", "key=", "sig", "\"a\":\"" })
        {
            var text = string.Concat(Enumerable.Repeat(unit, 200_000 / unit.Length));
            Assert.True(Secrets.Without(text).Length > 0);
        }
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(n => texts[n]);

    private static string Encoded(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
