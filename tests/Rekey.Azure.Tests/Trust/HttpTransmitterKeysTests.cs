using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Rekey.Azure.Tests.Support;
using Rekey.Azure.Trust;
using Rekey.Core;

namespace Rekey.Azure.Tests.Trust;

/// <summary>A transmitter's keys, by its metadata, over real TLS.</summary>
public sealed class HttpTransmitterKeysTests
{
    private const string Metadata = "/.well-known/ssf-configuration/t1";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Uri Issuer = new("https://login.example/t1");

    [Fact]
    public async Task Keys_are_read_once_and_again_for_an_unknown_one_at_most_once_a_minute()
    {
        await using var stub = await StartAsync();
        var clock = new TestClock();
        using var client = Client(stub);
        var keys = new HttpTransmitterKeys(client, clock);
        stub.Answers = asked => Answer(asked, "k-1");
        Assert.Single(await keys.FindAsync(Issuer, "k-1", Cancel));
        Assert.Empty(await keys.FindAsync(Issuer, "k-2", Cancel));
        Assert.Equal(2, stub.Requests.Count);
        Assert.All(stub.Requests, r => Assert.Null(r.Token));

        // The transmitter changes its key.
        stub.Answers = asked => Answer(asked, "k-2");
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await keys.FindAsync(Issuer, "k-2", Cancel));
        Assert.Equal(4, stub.Requests.Count);
        Assert.Empty(await keys.FindAsync(Issuer, "k-1", Cancel));
    }

    [Theory]
    [InlineData("""{"issuer":"https://login.example/t2","jwks_uri":"https://login.example/jwks"}""")]
    [InlineData("""{"issuer":"https://login.example/t1","jwks_uri":"http://login.example/jwks"}""")]
    [InlineData("""{"issuer":"https://login.example/t1"}""")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    public async Task Metadata_that_are_not_the_issuers_own_give_no_keys(string metadata)
    {
        await using var stub = await StartAsync();
        using var client = Client(stub);
        stub.Answers = asked => asked.Url == Metadata ? new Reply(200, metadata) : Answer(asked, "k-1");
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            new HttpTransmitterKeys(client, new TestClock()).FindAsync(Issuer, "k-1", Cancel)
        );
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task An_outage_is_waited_for()
    {
        await using var stub = await StartAsync();
        using var client = Client(stub);
        foreach (var reply in (Reply[])[Reply.Error(503, "X"), Reply.Drop, new Reply(302, "")])
        {
            stub.Answers = _ => reply;
            await Assert.ThrowsAsync<RetryLaterException>(() =>
                new HttpTransmitterKeys(client, new TestClock()).FindAsync(Issuer, "k-1", Cancel)
            );
        }
    }

    /// <summary>Anybody can send tokens in a transmitter's name: while it is down, it is asked once a minute.</summary>
    [Fact]
    public async Task During_an_outage_a_flood_of_tokens_asks_once_a_minute()
    {
        await using var stub = await StartAsync();
        var clock = new TestClock();
        using var client = Client(stub);
        var keys = new HttpTransmitterKeys(client, clock);
        stub.Answers = _ => Reply.Error(503, "X");
        for (var n = 0; n < 20; n++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => keys.FindAsync(Issuer, $"k-{n}", Cancel));
        }

        Assert.Single(stub.Requests);
        clock.Advance(TimeSpan.FromMinutes(1));
        stub.Answers = asked => Answer(asked, "k-1");
        Assert.Single(await keys.FindAsync(Issuer, "k-1", Cancel));
    }

    private static Reply Answer(Asked asked, string kid)
    {
        if (asked.Url == Metadata)
        {
            return new(200, $$"""{"spec_version":"1_0","issuer":"{{Issuer}}","jwks_uri":"https://login.example/jwks"}""");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        JsonObject Jwk(string id, string use) =>
            new()
            {
                ["kid"] = id,
                ["use"] = use,
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = System.Buffers.Text.Base64Url.EncodeToString(q.X),
                ["y"] = System.Buffers.Text.Base64Url.EncodeToString(q.Y),
            };
        var set = new JsonObject
        {
            ["keys"] = new JsonArray(Jwk(kid, "sig"), Jwk("k-3", "enc"), new JsonObject { ["kid"] = "k-4", ["kty"] = "oct" }),
        };
        return new(200, set.ToJsonString());
    }

    private static async Task<StubServer> StartAsync()
    {
        var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        return stub;
    }

    private static HttpClient Client(StubServer stub) => stub.Client();
}
