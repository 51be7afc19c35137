using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Blocking;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Trust;

/// <summary>Tokens with a good signature by a key that is trusted, and with claims or a header that Rekey does not take: a thief of the key
/// writes what they like.</summary>
public sealed class IntrospectedTokenTests(RunningApp app)
{
    private const string Inactive = """{"active":false}""";

    private static readonly string[] Names = ["jti", "sub", "iss", "client_id"];
    private static readonly string[] Times = ["exp", "iat", "nbf"];
    private static readonly string[] NoText = ["4711", "-1", "1.5", "true", "null", "[]", "{}", "[\"4711\"]"];
    private static readonly string[] NoNumber = ["\"NOW\"", "\"2999-01-01T00:00:00Z\"", "true", "false", "null", "[]", "{}", "[1]"];
    private static readonly string[] NoUnicode = ["\"\\ud800\"", "\"a\\udfff\"", "\"\\udc00\\ud800\""];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An issuer that names no token types.</summary>
    private WorldKey Usual => app.World.Keys[1];

    /// <summary>An issuer whose tokens must be of type at+jwt.</summary>
    private WorldKey Strict => app.World.Keys[0];

    /// <summary>Claims and a value of each wrong kind, as raw JSON.</summary>
    public static TheoryData<string, string> Malformed =>
        [
            .. Names.SelectMany(name => NoText.Select(value => (name, value))),
            .. Times.SelectMany(name => NoNumber.Select(value => (name, value))),
            .. Names.SelectMany(name => NoUnicode.Select(value => (name, value))),
            .. new[] { "scope", "username", "aud", "anything" }.SelectMany(name => NoUnicode.Select(value => (name, value))),
            ("scope", "[\"a\",\"\\ud800\"]"),
            ("anything", "{\"\\ud800\":1}"),
            .. Names.Select(name => (name, $"\"{new string('x', BlockEntry.MaxText + 1)}\"")),
        ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_token_with_a_claim_that_no_block_can_name_or_that_cannot_be_read_is_inactive(string name, string value)
    {
        using var thief = await ThiefAsync(Usual);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = thief.Claims();
        claims[name] = JsonNode.Parse("1");
        var raw = claims.ToJsonString().Replace($"\"{name}\":1", $"\"{name}\":{value.Replace("NOW", $"{now}", StringComparison.Ordinal)}");
        Assert.Equal((HttpStatusCode.OK, Inactive), await IntrospectAsync(thief.Sign(thief.Header(), raw)));

        // The same without that claim's mistake counts.
        Assert.True(await IsActiveAsync(thief.Sign(thief.Header(), thief.Claims().ToJsonString())));
    }

    [Fact]
    public async Task A_claim_as_long_as_an_entry_of_the_blocklist_counts_and_so_does_a_token_without_it()
    {
        using var thief = await ThiefAsync(Usual);
        foreach (var name in Names.Except(["iss"]))
        {
            var claims = thief.Claims();
            claims[name] = new string('x', BlockEntry.MaxText);
            Assert.True(await IsActiveAsync(thief.Sign(thief.Header(), claims.ToJsonString())), name);
            claims.Remove(name);
            Assert.True(await IsActiveAsync(thief.Sign(thief.Header(), claims.ToJsonString())), name);
        }
    }

    [Theory]
    [InlineData("\"at+jwt\"", true, true)]
    [InlineData("\"AT+JWT\"", true, true)]
    [InlineData("\"application/at+jwt\"", true, true)]
    [InlineData("\"JWT\"", true, false)]
    [InlineData("\"jwt\"", true, false)]
    [InlineData(null, true, false)]
    [InlineData("\"rekey-trust-list+jwt\"", false, false)]
    [InlineData("\"rekey-blocklist+jwt\"", false, false)]
    [InlineData("\"rekey-ledger-checkpoint+jwt\"", false, false)]
    [InlineData("\"secevent+jwt\"", false, false)]
    [InlineData("\"logout+jwt\"", false, false)]
    [InlineData("\"dpop+jwt\"", false, false)]
    [InlineData("\"application/application/at+jwt\"", false, false)]
    [InlineData("\"at+jwt \"", false, false)]
    [InlineData("\"\"", false, false)]
    [InlineData("7", false, false)]
    [InlineData("null", false, false)]
    [InlineData("[\"at+jwt\"]", false, false)]
    public async Task A_token_counts_only_with_a_type_of_its_issuers_access_tokens(string? type, bool usual, bool strict)
    {
        foreach (var (key, counts) in new[] { (Usual, usual), (Strict, strict) })
        {
            using var thief = await ThiefAsync(key);
            var header = thief.Header(type is null ? "" : $",\"typ\":{type}");
            Assert.Equal(counts, await IsActiveAsync(thief.Sign(header, thief.Claims().ToJsonString())));
        }
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("\"false\"", false)]
    [InlineData("null", false)]
    [InlineData("0", false)]
    [InlineData("true", true)]
    public async Task A_payload_that_calls_itself_unencoded_does_not_count(string encoded, bool counts)
    {
        using var thief = await ThiefAsync(Usual);
        var header = thief.Header($",\"typ\":\"at+jwt\",\"b64\":{encoded}");
        Assert.Equal(counts, await IsActiveAsync(thief.Sign(header, thief.Claims().ToJsonString())));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_anywhere_in_a_token_make_it_inactive()
    {
        using var thief = await ThiefAsync(Usual);
        foreach (var name in new[] { "jti", "sub", "scope", "anything" })
        {
            var claims = thief.Claims();
            claims[name] = "?";
            var bytes = Encoding.UTF8.GetBytes(claims.ToJsonString());
            bytes[bytes.AsSpan().IndexOf("\"?\""u8) + 1] = 0xff;
            Assert.Equal((HttpStatusCode.OK, Inactive), await IntrospectAsync(thief.Sign(Encoding.UTF8.GetBytes(thief.Header()), bytes)));
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-16", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-32\"", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=no-such-thing", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8; charset=utf-7", 415, "not-utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=", 415, "not-utf-8")]
    [InlineData("multipart/form-data; boundary=x", 415, "not-a-form")]
    [InlineData("application/json", 415, "not-a-form")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", 200, null)]
    [InlineData("application/x-www-form-urlencoded; charset=\"UTF-8\"", 200, null)]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED", 200, null)]
    public async Task A_form_is_UTF8_or_refused(string type, int status, string? reason)
    {
        using var content = new ByteArrayContent("token=nonsense"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", content, cancellationToken: Cancel);
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal((status, reason), ((int)reply.StatusCode, reason is null ? null : body.GetProperty("reason").GetString()));
    }

    private async Task<bool> IsActiveAsync(string token)
    {
        var (status, body) = await IntrospectAsync(token);
        Assert.Equal(HttpStatusCode.OK, status);
        return body != Inactive;
    }

    private async Task<(HttpStatusCode Status, string Body)> IntrospectAsync(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", form, cancellationToken: Cancel);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<Thief> ThiefAsync(WorldKey key)
    {
        var list = await app.Rekey.TrustListAsync(Cancel);
        var entry = list.Keys.Single(e => e.KeyId.EndsWith($"/{key.Name}", StringComparison.Ordinal) && e.Current);
        return new(key, entry.Kid, (ECDsa)app.World.Vault.ExportPrivateKey(key.Name, entry.Version));
    }

    /// <summary>Somebody with the private key of an issuer.</summary>
    private sealed class Thief(WorldKey key, string kid, ECDsa stolen) : IDisposable
    {
        public string Header(string more = ",\"typ\":\"at+jwt\"") => $$"""{"alg":"ES256","kid":"{{kid}}"{{more}}}""";

        public JsonObject Claims()
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            return new()
            {
                ["iss"] = key.Issuer,
                ["aud"] = key.Audience,
                ["sub"] = "customer",
                ["client_id"] = "shop-app",
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["iat"] = now,
                ["exp"] = now + 600,
            };
        }

        public string Sign(string header, string claims) => Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims));

        public string Sign(byte[] header, byte[] claims)
        {
            var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
            var signature = stolen.SignData(
                Encoding.ASCII.GetBytes(input),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation
            );
            return $"{input}.{Base64Url.EncodeToString(signature)}";
        }

        public void Dispose() => stolen.Dispose();
    }
}
