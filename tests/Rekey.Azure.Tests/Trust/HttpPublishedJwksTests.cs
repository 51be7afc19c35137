using Rekey.Azure.Tests.Support;
using Rekey.Azure.Trust;
using Rekey.Core;

namespace Rekey.Azure.Tests.Trust;

public sealed class HttpPublishedJwksTests
{
    // RFC 7638 §3.1.
    private const string Modulus =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc"
        + "_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ"
        + "R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF"
        + "TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Uri Address = new("https://login.example/jwks.json");

    [Fact]
    public async Task Keys_are_read_with_their_thumbprints_past_caches()
    {
        await using var stub = await StartAsync(
            new Reply(200, $$"""{"keys":[{"kid":"2011-04-29","kty":"RSA","e":"AQAB","n":"{{Modulus}}"},{"kid":"x","kty":"OKP"}]}""")
        );

        var keys = await Jwks(stub).ReadAsync(Address, Cancel);

        // RFC 7638 §3.1
        Assert.Equal(("2011-04-29", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"), (keys[0].Kid, keys[0].Thumbprint));
        Assert.Equal(("x", ""), (keys[1].Kid, keys[1].Thumbprint));
        Assert.Equal("no-cache", Assert.Single(stub.Requests).Headers.CacheControl.ToString());
    }

    [Fact]
    public async Task A_key_is_the_same_one_however_its_numbers_are_spelt()
    {
        const string N =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM"
            + "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
            + "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        await using var stub = await StartAsync(
            new Reply(
                200,
                $$"""
                {"keys":[{"kid":"a","kty":"RSA","e":"AAEAAQ","n":"{{N}}"},
                  {"kid":"b","kty":"EC","crv":"brainpoolP256r1","x":"AQ","y":"AQ"}]}
                """
            )
        );

        var keys = await Jwks(stub).ReadAsync(Address, Cancel);

        // RFC 7638 §3.1; a key on a curve that Rekey does not know is recognized by its kid alone.
        Assert.Equal([("a", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"), ("b", "")], keys.Select(k => (k.Kid, k.Thumbprint)));
    }

    [Theory]
    [InlineData(200, """{"keys":[{"kid":"a","kty":"RSA","e":"AQAB==","n":"AQAB"}]}""")]
    [InlineData(200, """{"keys":[{"kid":"a","kty":"RSA","e":"AQAB","n":"AAAA"}]}""")]
    [InlineData(200, """{"keys":[{"kid":"a","e":"AQAB","n":"AQAB"}]}""")]
    [InlineData(200, "nonsense")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"keys":[{"kid":"a","kty":"EC","crv":"P-256"}]}""")]
    [InlineData(404, "{}")]
    [InlineData(302, "")]
    [InlineData(0, "")]
    public async Task Anything_else_than_a_JWKS_is_tried_later(int status, string body)
    {
        await using var stub = await StartAsync(
            new Reply(status, body) { Headers = { ["Location"] = "https://elsewhere.example/jwks.json" } }
        );

        await Assert.ThrowsAsync<RetryLaterException>(() => Jwks(stub).ReadAsync(Address, Cancel));
        Assert.All(stub.Requests, r => Assert.Equal("login.example", r.Host));
    }

    [Fact]
    public async Task An_endless_document_is_not_read_to_its_end()
    {
        await using var stub = await StartAsync(new Reply(200, """{"keys":[]}""" + new string(' ', 300_000)));
        await Assert.ThrowsAsync<RetryLaterException>(() => Jwks(stub).ReadAsync(Address, Cancel));
    }

    [Fact]
    public async Task Plain_http_is_for_loopback_only()
    {
        await using var stub = await StartAsync(new Reply(200));
        await Assert.ThrowsAsync<CannotContinueException>(() => Jwks(stub).ReadAsync(new Uri("http://login.example/jwks.json"), Cancel));
        // Allowed, though nobody answers plain http here.
        await Assert.ThrowsAsync<RetryLaterException>(() => Jwks(stub).ReadAsync(new Uri("http://127.0.0.1/jwks.json"), Cancel));
    }

    private static async Task<StubServer> StartAsync(Reply reply)
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub.On("GET", "/jwks.json", reply);
    }

    private static HttpPublishedJwks Jwks(StubServer stub) => new(stub.Client());
}
