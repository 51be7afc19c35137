using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rekey.AspNetCore.Tests.Support;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Trust.Documents;

namespace Rekey.AspNetCore.Tests.Documents;

/// <summary>A gateway takes over good lists, keeps them through every failure, and never goes back to an older one.</summary>
public sealed class PullTests : IAsyncLifetime
{
    /// <summary>Its key is trusted first, and revoked then.</summary>
    private readonly TestIssuer _stolen = new();

    private GatewayWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await GatewayWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    public static TheoryData<string> Troubles =>
        [
            "500",
            "404",
            "a redirect",
            "nothing in time",
            "half of it",
            "more than it may have",
            "a gzip bomb",
            "broken gzip",
            "another encoding",
            "garbage",
            "another key's",
            "another environment's",
            "the other list",
            "an older one",
            "one of the same number made before",
            "an expired one",
        ];

    /// <summary>A3, A2: the token stays blocked and the key revoked, whatever comes.</summary>
    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_bad_list_changes_nothing_at_a_gateway_that_has_good_ones(string trouble)
    {
        await _world.PublishTrustAsync(l => l with { Keys = [_world.Issuer.Entry(), _stolen.Entry()] });
        var (trust, blocks) = (await _world.PublishTrustAsync(), await _world.PublishBlocksAsync());
        await _world.PublishTrustAsync(l => l with { Keys = [_world.Issuer.Entry()], Revoked = [_stolen.Kid] });
        await _world.PublishBlocksAsync(_world.Block("1"));
        var gateway = await _world.GatewayAsync();
        var before = gateway.Gateway.Standing;

        await MisbehaveAsync(trouble, trust, blocks);
        var standing = await gateway.Gateway.PullAsync(Cancel);

        Assert.NotNull(standing.Failure);
        if (trouble is "more than it may have" or "a gzip bomb")
        {
            // Given up at the limit, and not read to its end.
            Assert.Contains("It is longer than", standing.Failure, StringComparison.Ordinal);
        }

        Assert.Null(standing.Closed);
        Assert.Equal((before.TrustListSequence, before.BlocklistNumber), (standing.TrustListSequence, standing.BlocklistNumber));
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.False(await gateway.AcceptsAsync(_stolen.Mint(TestIssuer.Claims(jti: "\"2\""))));
        Assert.True(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
        Assert.Contains(gateway.Lines.All, l => l.Level >= LogLevel.Error && l.Text.Contains("cannot pull", StringComparison.Ordinal));

        // The next good ones are taken.
        _world.Server.Trouble = null;
        await _world.PublishTrustAsync();
        await _world.PublishBlocksAsync(_world.Block("2"));
        standing = await gateway.Gateway.PullAsync(Cancel);
        Assert.Null(standing.Failure);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task A_gateway_without_memory_is_closed_until_a_good_list_comes(string trouble)
    {
        if (trouble.Contains("older", StringComparison.Ordinal) || trouble.Contains("made before", StringComparison.Ordinal))
        {
            // Without memory no number is too low: such a gateway takes its first lists from the app alone, which holds them against
            // its ledger.
            return;
        }

        await MisbehaveAsync(trouble, await _world.PublishTrustAsync(), await _world.PublishBlocksAsync());
        var gateway = await _world.GatewayAsync();
        Assert.Equal("no-lists", gateway.Gateway.Standing.Closed);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.Contains(gateway.Lines.All, l => l.Level is LogLevel.Critical && l.Text.Contains("no-lists", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unchanged_list_costs_no_body_and_a_changed_one_comes_packed()
    {
        var gateway = await _world.GatewayAsync();
        await gateway.Gateway.PullAsync(Cancel);
        Assert.Equal(
            [(GatewayWorld.TrustPath, 200), (GatewayWorld.BlockPath, 200), (GatewayWorld.TrustPath, 304), (GatewayWorld.BlockPath, 304)],
            _world.Server.Requests.Select(r => (r.Path, r.Status))
        );

        string? encodings = null;
        _world.Server.Trouble = context =>
        {
            encodings = context.Request.Headers.AcceptEncoding;
            return Task.FromResult(false);
        };
        await _world.PublishBlocksAsync(_world.Block("1"));
        await gateway.Gateway.PullAsync(Cancel);
        Assert.Equal("gzip", encodings);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
    }

    [Fact]
    public async Task Lists_are_pulled_every_five_seconds_or_so()
    {
        var gateway = await _world.GatewayAsync();
        await _world.PublishBlocksAsync(_world.Block("1"));
        while (_world.Server.Answered.CurrentCount < 4)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        // The two pulls of the start, and those of the first beat. The next beat comes after the one before was taken over.
        while (gateway.Gateway.Standing.BlocklistNumber != _world.Blocks.Number)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(1));
            await _world.Server.Answered.WaitAsync(TimeSpan.FromMilliseconds(20), Cancel);
        }

        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
    }

    [Fact]
    public async Task After_a_restart_while_rekey_is_away_the_last_good_lists_count()
    {
        await _world.PublishBlocksAsync(_world.Block("1"));
        await (await _world.GatewayAsync()).DisposeAsync();
        await MisbehaveAsync("500", [], []);

        var again = await _world.GatewayAsync();
        Assert.False(await again.AcceptsAsync(_world.Issuer.Mint()));
        Assert.True(await again.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
        Assert.NotNull(again.Gateway.Standing.Failure);
    }

    /// <summary>A2, A3 and a Rekey that was restored to an older state: the gateway remembers the numbers on disk.</summary>
    [Fact]
    public async Task After_a_restart_older_lists_are_refused()
    {
        var (trust, blocks) = (await _world.PublishTrustAsync(), await _world.PublishBlocksAsync());
        await _world.PublishTrustAsync();
        await _world.PublishBlocksAsync(_world.Block("1"));
        await (await _world.GatewayAsync()).DisposeAsync();
        _world.Server.Put(GatewayWorld.TrustPath, trust);
        _world.Server.Put(GatewayWorld.BlockPath, blocks);

        var again = await _world.GatewayAsync();
        Assert.False(await again.AcceptsAsync(_world.Issuer.Mint()));
        Assert.Contains("older list", again.Gateway.Standing.Failure, StringComparison.Ordinal);

        // Even lists on disk whose validity has ended are a memory of their numbers.
        _world.Clock.Advance(TimeSpan.FromHours(13));
        await again.DisposeAsync();
        var later = await _world.GatewayAsync();
        Assert.Equal("lists-expired", later.Gateway.Standing.Closed);
    }

    [Fact]
    public async Task Altered_lists_on_disk_do_not_count()
    {
        await _world.PublishBlocksAsync(_world.Block("1"));
        await (await _world.GatewayAsync()).DisposeAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(_world.Folder, "lists")))
        {
            await File.WriteAllTextAsync(file, "garbage", Cancel);
        }

        var again = await _world.GatewayAsync();
        Assert.Null(again.Gateway.Standing.Failure);
        Assert.False(await again.AcceptsAsync(_world.Issuer.Mint()));
    }

    [Fact]
    public async Task A_gateway_without_memory_takes_its_first_lists_from_the_app_and_the_next_from_the_mirror()
    {
        var (trust, blocks) = (await _world.PublishTrustAsync(), await _world.PublishBlocksAsync());
        await _world.PublishBlocksAsync(_world.Block("1"));
        _world.Server.Put("/mirror/trust-list.jwt", trust);
        _world.Server.Put("/mirror/blocklist.jwt", blocks);
        var gateway = await _world.GatewayAsync(o => (o.Mirror, o.Key) = (new(_world.Server.Address, "mirror?sig=x"), "secret"));
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));

        // The mirror's older list is refused, and the app asked instead.
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.Equal(
            ["/trust-list", "/blocklist", "/mirror/trust-list.jwt", "/mirror/blocklist.jwt", "/blocklist"],
            _world.Server.Requests.Select(r => r.Path)
        );

        // The mirror gets a newer one. It never gets the key.
        _world.Server.Put("/mirror/blocklist.jwt", await _world.PublishBlocksAsync(_world.Block("2")));
        await gateway.Gateway.PullAsync(Cancel);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
        Assert.All(_world.Server.Requests, r => Assert.Equal(r.Path.StartsWith("/mirror", StringComparison.Ordinal), r.Key is null));
    }

    /// <summary>A mirror that failed and comes back with an older list must not pass for unchanged by the ETag of that list.</summary>
    [Fact]
    public async Task A_mirror_that_comes_back_with_an_older_list_is_not_taken_for_unchanged()
    {
        var gateway = await _world.GatewayAsync(o => o.Mirror = new(_world.Server.Address, "mirror"));
        var older = await _world.PublishBlocksAsync();
        _world.Server.Put("/mirror/trust-list.jwt", await _world.PublishTrustAsync());
        _world.Server.Put("/mirror/blocklist.jwt", older);
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);

        _world.Server.Put("/mirror/blocklist.jwt", null);
        await _world.PublishBlocksAsync(_world.Block("1"));
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint()));

        _world.Server.Put("/mirror/blocklist.jwt", older);
        await _world.PublishBlocksAsync(_world.Block("2"));
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_their_validity_the_lists_accept_nothing_unless_an_option_takes_the_risk(bool risk)
    {
        await _world.PublishTrustAsync(l => l with { Tokens = new(48 * 3600, 300) });
        var gateway = await _world.GatewayAsync(o => o.AcceptByExpiredLists = risk);
        await MisbehaveAsync("500", [], []);
        var token = _world.Issuer.Mint(TestIssuer.Claims(exp: $"{24 * 3600}"));
        _world.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.True(await gateway.AcceptsAsync(token));
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(risk, await gateway.AcceptsAsync(token));
        Assert.Equal(risk ? null : "lists-expired", gateway.Gateway.Standing.Closed);
    }

    /// <summary>A list that the old key has signed names the new one. Restarts follow the same way from the pinned key.</summary>
    [Fact]
    public async Task A_change_of_the_document_key_is_followed_when_it_was_announced()
    {
        _world.Pinned = _world.Signer.Public;
        var gateway = await _world.GatewayAsync();
        for (var n = 1; n <= 2; n++)
        {
            using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await _world.PublishTrustAsync(l => l with { NextDocumentKey = new(RollingSigner.PublicOf(next), "ES256") });
            Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
            var before = _world.Signer.Public;
            _world.Signer.Change(ECDsa.Create(next.ExportParameters(includePrivateParameters: true)));
            await _world.PublishTrustAsync(l => l with { NextDocumentKey = null });
            await _world.PublishBlocksAsync(_world.Block($"{n}"));
            Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
            Assert.NotEqual(before, _world.Signer.Public);
            Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: $"\"{n}\""))));
        }

        // The first pin leads to the third key, also while Rekey is away.
        await gateway.DisposeAsync();
        await MisbehaveAsync("500", [], []);
        var again = await _world.GatewayAsync();
        Assert.Null(again.Gateway.Standing.Closed);
        Assert.False(await again.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"2\""))));
        _world.Server.Trouble = null;
        await _world.PublishTrustAsync();
        Assert.Null((await again.Gateway.PullAsync(Cancel)).Failure);
        Assert.Equal(_world.Trust.Sequence, again.Gateway.Standing.TrustListSequence);
    }

    [Fact]
    public async Task The_old_key_signs_nothing_after_the_change()
    {
        _world.Pinned = _world.Signer.Public;
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _world.Signer.Change(old);
        _world.Pinned = _world.Signer.Public;
        await _world.PublishBlocksAsync();
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await _world.PublishTrustAsync(l => l with { NextDocumentKey = new(RollingSigner.PublicOf(next), "ES256") });
        var gateway = await _world.GatewayAsync();
        _world.Signer.Change(next);
        await _world.PublishTrustAsync(l => l with { NextDocumentKey = null });
        await _world.PublishBlocksAsync();
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);

        _world.Signer.Change(old);
        await _world.PublishTrustAsync();
        Assert.Contains("did not sign it", (await gateway.Gateway.PullAsync(Cancel)).Failure, StringComparison.Ordinal);
    }

    /// <summary>After an accepted ledger (two approvers) Rekey goes on above every number that was published.</summary>
    [Fact]
    public async Task Lists_go_on_above_the_last_number_with_a_shorter_ledger()
    {
        await _world.PublishTrustAsync(l => l with { Ledger = new(900, new('a', 64)) });
        var gateway = await _world.GatewayAsync();
        await _world.PublishTrustAsync(l => l with { Ledger = new(20, new('b', 64)) });
        Assert.Null((await gateway.Gateway.PullAsync(Cancel)).Failure);
        Assert.Equal(_world.Trust.Sequence, gateway.Gateway.Standing.TrustListSequence);
    }

    /// <summary>The gateway's own clock decides; the skew of the list covers what it is off.</summary>
    [Theory]
    [InlineData(-4, true)]
    [InlineData(4, true)]
    [InlineData(-7, false)]
    [InlineData(13 * 60, false)]
    public async Task A_gateway_whose_clock_is_off_by_less_than_the_skew_decides_as_the_others(int minutes, bool accepted)
    {
        await _world.PublishBlocksAsync(_world.Block("blocked"));
        await using var gateway = await GatewayHost.StartAsync(
            _world.Server.Address,
            _world.Signer.Public,
            new FakeTimeProvider(TestIssuer.Start.AddMinutes(minutes)),
            _world.Folder
        );
        Assert.Equal(minutes > 60 ? "no-lists" : null, gateway.Gateway.Standing.Closed);
        Assert.Equal(accepted, await gateway.AcceptsAsync(_world.Issuer.Mint()));
        Assert.False(await gateway.AcceptsAsync(_world.Issuer.Mint(TestIssuer.Claims(jti: "\"blocked\""))));
    }

    private async Task MisbehaveAsync(string trouble, byte[] olderTrust, byte[] olderBlocks)
    {
        switch (trouble)
        {
            case "500" or "404":
                Answer((context, _) => Task.FromResult(context.Response.StatusCode = int.Parse(trouble)));
                break;
            case "a redirect":
                Answer(
                    (context, _) =>
                    {
                        if (context.Request.Path.StartsWithSegments("/elsewhere", StringComparison.Ordinal))
                        {
                            return context.Response.WriteAsync("x");
                        }

                        context.Response.Redirect($"/elsewhere{context.Request.Path}");
                        return Task.CompletedTask;
                    }
                );
                break;
            case "nothing in time":
                Answer(
                    async (context, _) =>
                    {
                        await context.Response.WriteAsync("x");
                        await context.Response.Body.FlushAsync();
                        _world.Clock.Advance(TimeSpan.FromSeconds(11));
                        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                    }
                );
                break;
            case "half of it":
                Answer(
                    async (context, body) =>
                    {
                        context.Response.ContentLength = body.Length;
                        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
                        await context.Response.Body.FlushAsync();
                        context.Abort();
                    }
                );
                break;
            case "more than it may have":
                Answer((context, _) => FloodAsync(context.Response.Body));
                break;
            case "a gzip bomb":
                Answer(
                    async (context, _) =>
                    {
                        context.Response.Headers.ContentEncoding = "gzip";
                        await using var zip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
                        await FloodAsync(zip);
                    }
                );
                break;
            case "broken gzip":
                Answer(
                    async (context, _) =>
                    {
                        context.Response.Headers.ContentEncoding = "gzip";
                        await context.Response.WriteAsync("this is not gzip");
                    }
                );
                break;
            case "another encoding":
                Answer(
                    async (context, body) =>
                    {
                        context.Response.Headers.ContentEncoding = "br";
                        await context.Response.Body.WriteAsync(body);
                    }
                );
                break;
            case "garbage":
                Put(Encoding.ASCII.GetBytes("garbage"), Encoding.ASCII.GetBytes("a.b.c"));
                break;
            case "another key's":
                var mine = _world.Signer.Public;
                _world.Pinned ??= mine;
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    Put(await SignedAsync(other, TrustDocuments.Payload(_world.Trust with { Sequence = 900 })), olderBlocks);
                }

                break;
            case "another environment's":
                var trust = await SignAsync(TrustDocuments.Payload(_world.Trust with { Sequence = 900, Environment = "dev" }));
                Put(trust, trust);
                break;
            case "the other list":
                Put(await _world.PublishBlocksAsync(), await _world.PublishTrustAsync());
                break;
            case "an older one":
                Put(olderTrust, olderBlocks);
                break;
            case "one of the same number made before":
                var before = _world.Trust.MadeAt.AddSeconds(-1);
                var all = TrustDocuments.Payload(
                    _world.Trust with
                    {
                        MadeAt = before,
                        Keys = [_world.Issuer.Entry(), _stolen.Entry()],
                        Revoked = [],
                    }
                );
                var none = BlockDocuments.Bytes(
                    new PublishedBlocks("prod", before, _world.Trust.ValidUntil, new Blocklist(_world.Blocks.Number, []))
                );
                Put(await SignAsync(all), await SignedDocument.SignAsync(_world.Signer, BlockDocuments.Type, none, Cancel));
                break;
            case "an expired one":
                Put(
                    await SignAsync(TrustDocuments.Payload(_world.Trust with { Sequence = 900, ValidUntil = _world.Clock.GetUtcNow() })),
                    olderBlocks
                );
                break;
        }
    }

    private void Answer(Func<HttpContext, byte[], Task> answer)
    {
        var body = TrustDocuments.Payload(_world.Trust);
        _world.Server.Trouble = async context =>
        {
            try
            {
                await answer(context, body);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The gateway hung up.
            }

            return true;
        };
    }

    private void Put(byte[] trust, byte[] blocks)
    {
        _world.Server.Put(GatewayWorld.TrustPath, trust);
        _world.Server.Put(GatewayWorld.BlockPath, blocks);
    }

    private Task<byte[]> SignAsync(byte[] payload) =>
        SignedDocument.SignAsync(_world.Signer, TrustDocuments.TrustListType, payload, Cancel);

    private static Task<byte[]> SignedAsync(ECDsa key, byte[] payload)
    {
        var signer = new RollingSigner();
        signer.Change(key);
        return SignedDocument.SignAsync(signer, TrustDocuments.TrustListType, payload, Cancel);
    }

    private static async Task FloodAsync(Stream body)
    {
        var zeros = new byte[1024 * 1024];
        for (var n = 0; n < 80; n++)
        {
            await body.WriteAsync(zeros);
        }
    }
}
