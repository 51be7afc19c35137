using System.Net;
using System.Security.Cryptography;
using Rekey.AspNetCore.AccessLogs.Rows;
using Rekey.AspNetCore.Tests.Support;
using Rekey.Blocking;

namespace Rekey.AspNetCore.Tests.Tokens;

/// <summary>What a gateway refuses, what the caller learns, and what the log has.</summary>
public sealed class GatewayRefusalTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = TestIssuer.Start;

    private GatewayWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await GatewayWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private TestIssuer Issuer => _world.Issuer;

    public static TheoryData<string, string> Reasons =>
        new()
        {
            { "not a token", "not-a-compact-jws" },
            { "too long", "not-a-compact-jws" },
            { "no json", "unreadable" },
            { "a lone surrogate", "unreadable" },
            { "an unknown kid", "kid-not-trusted" },
            { "another issuer's name", "kid-not-trusted" },
            { "a revoked key", "kid-revoked" },
            { "alg none", "alg-not-bound" },
            { "alg RS256", "alg-not-bound" },
            { "crit", "crit-not-understood" },
            { "a cty as a number", "malformed-header" },
            { "an x5t as a number", "malformed-header" },
            { "a zip as a number", "malformed-header" },
            { "an enc as a number", "malformed-header" },
            { "an id token", "typ-not-bound" },
            { "a jti as a number", "malformed-claims" },
            { "a sub as a list", "malformed-claims" },
            { "an exp as a text", "malformed-claims" },
            { "a jti of 3,000 letters", "malformed-claims" },
            { "another audience", "aud-not-bound" },
            { "no audience", "unreadable" },
            { "an azp as a number", "malformed-claims" },
            { "an audience as a number", "malformed-claims" },
            { "another key", "signature-wrong" },
            { "no exp", "no-exp-or-iat" },
            { "expired", "expired" },
            { "an iat in the future", "not-yet-valid" },
            { "a life of two hours", "lives-too-long" },
            { "a key of tomorrow", "not-yet-trusted" },
            { "an iat after the key stopped", "issued-after-the-key-stopped" },
            { "a key whose trust ended", "trust-ended" },
            { "blocked by its hash", "blocked" },
            { "blocked by its jti", "blocked" },
            { "blocked by its subject", "blocked" },
            { "blocked by its kid", "blocked" },
        };

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task The_caller_learns_invalid_token_and_the_log_has_the_reason(string what, string reason)
    {
        var token = await MakeAsync(what);
        var gateway = await _world.GatewayAsync();
        using var reply = await gateway.CallAsync(token);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\"", Assert.Single(reply.Headers.WwwAuthenticate).ToString());
        Assert.Equal("", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var row = await gateway.Rows.NextAsync(RefusalRow.Name);
        Assert.Equal(reason, row.Columns.Single(c => c.Key == "Reason").Value);
        Assert.DoesNotContain(gateway.Rows.Rows, r => r is AcceptedRow);
    }

    [Fact]
    public async Task An_honest_token_is_let_in_with_its_claims()
    {
        var gateway = await _world.GatewayAsync();
        using var reply = await gateway.CallAsync(Issuer.Mint());
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("s", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""["shop","other"]""", "-60", "600")]
    [InlineData("\"shop\"", "-60.25", "600")]
    [InlineData("\"shop\"", "290", "600")]
    [InlineData("\"shop\"", "-3600", "-290")]
    [InlineData("\"shop\"", "-60", "1.8038916E9")]
    [InlineData("\"shop\"", "-60", "600", ",\"cnf\":{\"jkt\":\"x\"},\"roles\":[\"a\",7,null,{}],\"none\":null,\"nested\":[[[[1]]]]")]
    [InlineData("\"shop\"", "-60", "600", ",\"nbf\":1.5,\"tid\":7,\"amr\":\"pwd\",\"acr\":7,\"auth_time\":\"x\",\"cty\":7")]
    [InlineData("\"shop\"", "-60", "600", ",\"actort\":\"x\",\"unique_name\":[],\"name\":[7],\"\":\"\",\"scp\":9999999999999999999999")]
    public async Task What_introspection_accepts_is_let_in(string aud, string iat, string exp, string? more = null)
    {
        var time = iat.Contains('.', StringComparison.Ordinal) ? $"{Start.ToUnixTimeSeconds() - 60}.25" : iat;
        var gateway = await _world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(Issuer.Mint(TestIssuer.Claims(aud: aud, iat: time, exp: exp, more: more))));
    }

    [Theory]
    [InlineData("\"x5c\":7,\"jku\":7,\"jwk\":7")]
    [InlineData("\"zip\":\"DEF\"")]
    [InlineData("\"enc\":\"A128GCM\"")]
    [InlineData("\"b64\":true")]
    public async Task What_introspection_ignores_in_a_header_is_ignored(string more)
    {
        var gateway = await _world.GatewayAsync();
        Assert.True(await gateway.AcceptsAsync(Issuer.Mint(header: Issuer.Header($",{more}"))));
    }

    [Fact]
    public async Task Without_a_token_the_caller_is_asked_for_one_and_nothing_is_logged()
    {
        var gateway = await _world.GatewayAsync();
        using var reply = await gateway.CallAsync(token: null);
        Assert.Equal("Bearer", Assert.Single(reply.Headers.WwwAuthenticate).ToString());

        // The next row is the one of the next call.
        Assert.True(await gateway.AcceptsAsync(Issuer.Mint()));
        await gateway.Rows.NextAsync(AcceptedRow.Name);
        Assert.Single(gateway.Rows.Rows);
    }

    /// <summary>The rules for times come with the list: gateway and introspection cannot differ.</summary>
    [Theory]
    [InlineData(300, "-299", true)]
    [InlineData(300, "-301", false)]
    [InlineData(0, "-1", false)]
    [InlineData(0, "1", true)]
    public async Task The_skew_of_the_list_counts(double skew, string exp, bool accepted)
    {
        await _world.PublishTrustAsync(l => l with { Tokens = new(3600, skew) });
        var gateway = await _world.GatewayAsync();
        Assert.Equal(accepted, await gateway.AcceptsAsync(Issuer.Mint(TestIssuer.Claims(iat: "-600", exp: exp))));
    }

    /// <summary>A repeated token needs no signature check, and a change of a list counts for it all the same.</summary>
    [Fact]
    public async Task A_remembered_token_is_refused_as_soon_as_it_is_blocked_or_expires()
    {
        var gateway = await _world.GatewayAsync();
        var (blocked, other) = (Issuer.Mint(), Issuer.Mint(TestIssuer.Claims(jti: "\"2\"")));
        Assert.True(await gateway.AcceptsAsync(blocked) && await gateway.AcceptsAsync(blocked) && await gateway.AcceptsAsync(other));

        await _world.PublishBlocksAsync(_world.Block("1"));
        await gateway.Gateway.PullAsync(TestContext.Current.CancellationToken);
        Assert.False(await gateway.AcceptsAsync(blocked));
        Assert.True(await gateway.AcceptsAsync(other));

        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.False(await gateway.AcceptsAsync(other));
    }

    /// <summary>A block lasts no longer than its entry, which the gateway sees without a pull.</summary>
    [Fact]
    public async Task A_block_ends_with_its_entry()
    {
        await _world.PublishBlocksAsync(_world.Block("1", TimeSpan.FromMinutes(5)));
        var gateway = await _world.GatewayAsync();
        Assert.False(await gateway.AcceptsAsync(Issuer.Mint()));
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await gateway.AcceptsAsync(Issuer.Mint()));
    }

    private async Task<string> MakeAsync(string what)
    {
        string Part(string claims) => Issuer.Mint(claims);
        async Task<string> BlockedAsync(string token, BlockKind kind, string value)
        {
            await _world.PublishBlocksAsync(
                new BlockEntry(
                    kind,
                    TestIssuer.Issuer,
                    value,
                    kind is BlockKind.Subject or BlockKind.Kid ? Start : null,
                    Start.AddHours(2),
                    "test",
                    FindingId: null
                )
            );
            return token;
        }

        async Task<string> WindowAsync(DateTimeOffset from, DateTimeOffset? issuedUntil, DateTimeOffset? until)
        {
            await _world.PublishTrustAsync(l => l with { Keys = [Issuer.Entry(new(from, from, issuedUntil, until))] });
            return Issuer.Mint();
        }

        var honest = Issuer.Mint();
        return what switch
        {
            "not a token" => "abc",
            "too long" => $"{honest}{new string('A', 16 * 1024)}",
            "no json" => "AAAA.AAAA.AAAA",
            "a lone surrogate" => Part(TestIssuer.Claims(sub: "\"\\ud800\"")),
            "an unknown kid" => new TestIssuer().Mint(),
            "another issuer's name" => Part(TestIssuer.Claims().Replace("login.example", "other.example", StringComparison.Ordinal)),
            "a revoked key" => await Revoke(),
            "alg none" => Issuer.Mint(header: Issuer.Header(alg: "none")),
            "alg RS256" => Issuer.Mint(header: Issuer.Header(alg: "RS256")),
            "crit" => Issuer.Mint(header: Issuer.Header(",\"crit\":[\"x\"]")),
            "a cty as a number" => Issuer.Mint(header: Issuer.Header(",\"cty\":7")),
            "an x5t as a number" => Issuer.Mint(header: Issuer.Header(",\"x5t\":7")),
            "a zip as a number" => Issuer.Mint(header: Issuer.Header(",\"zip\":7")),
            "an enc as a number" => Issuer.Mint(header: Issuer.Header(",\"enc\":7")),
            "an id token" => Issuer.Mint(header: Issuer.Header(typ: "id+jwt")),
            "a jti as a number" => Part(TestIssuer.Claims(jti: "4711")),
            "a sub as a list" => Part(TestIssuer.Claims(sub: "[\"s\"]")),
            "an exp as a text" => Part(TestIssuer.Claims(exp: "\"soon\"")),
            "a jti of 3,000 letters" => Part(TestIssuer.Claims(jti: $"\"{new string('j', 3000)}\"")),
            "another audience" => Part(TestIssuer.Claims(aud: "\"bank\"")),
            "an azp as a number" => Part(TestIssuer.Claims(more: ",\"azp\":7")),
            "an audience as a number" => Part(TestIssuer.Claims(aud: """["shop",7]""")),
            "no audience" => Part(TestIssuer.Claims(aud: "7")),
            "another key" => Issuer.Mint(key: ECDsa.Create(ECCurve.NamedCurves.nistP256)),
            "no exp" => Part(TestIssuer.Claims().Replace("\"exp\"", "\"xep\"", StringComparison.Ordinal)),
            "expired" => Part(TestIssuer.Claims(iat: "-1200", exp: "-600")),
            "an iat in the future" => Part(TestIssuer.Claims(iat: "500")),
            "a life of two hours" => Part(TestIssuer.Claims(exp: "7200")),
            "a key of tomorrow" => await WindowAsync(Start.AddDays(1), null, null),
            "an iat after the key stopped" => await WindowAsync(Start.AddDays(-1), Start.AddMinutes(-5), Start.AddHours(1)),
            "a key whose trust ended" => await WindowAsync(Start.AddDays(-1), Start.AddSeconds(-30), Start),
            "blocked by its hash" => await BlockedAsync(
                honest,
                BlockKind.SigningInput,
                Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(honest[..honest.LastIndexOf('.')])))
            ),
            "blocked by its jti" => await BlockedAsync(honest, BlockKind.Token, "1"),
            "blocked by its subject" => await BlockedAsync(honest, BlockKind.Subject, "s"),
            "blocked by its kid" => await BlockedAsync(honest, BlockKind.Kid, Issuer.Kid),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

        async Task<string> Revoke()
        {
            await _world.PublishTrustAsync(l => l with { Revoked = [Issuer.Kid] });
            return honest;
        }
    }
}
