using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Functions.Tests.Hosting;
using Rekey.Functions.Tests.Wire;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Functions.Tests.Blocking;

/// <summary>From an operator's wish to a token that no gateway takes, and back.</summary>
public sealed class BlockEndpointTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The key that no other test rotates.</summary>
    private WorldKey Key => app.World.Keys[1];

    [Fact]
    public async Task A_blocked_token_is_inactive_and_says_no_more_than_nonsense_does()
    {
        var issuer = new TokenIssuer(app.World, app.Rekey);
        var (token, other) = (await issuer.MintAsync(Key, "customer-1", Cancel), await issuer.MintAsync(Key, "customer-1", Cancel));
        Assert.True(await IsActiveAsync(token));
        Assert.True(await IsActiveAsync(token));
        Assert.True(await IsActiveAsync(other));

        var before = await PublishedAsync();
        var asked = await AskAsync("token", Claim(token, "jti"));
        Assert.True(await IsActiveAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(asked));
        await UntilAsync(async () => !await IsActiveAsync(token));
        Assert.True(await IsActiveAsync(other));
        Assert.Equal(await RawAsync("nonsense"), await RawAsync(token));
        Assert.Equal("""{"active":false}""", (await RawAsync(token)).Body);

        // The list has it, signed with the pinned key.
        var published = await PublishedAsync();
        Assert.True(published.List.Number > before.List.Number && published.ValidUntil > DateTimeOffset.UtcNow);
        var entry = Assert.Single(published.List.Entries, e => e.Value == Claim(token, "jti"));
        Assert.Equal((BlockKind.Token, "decided"), (entry.Kind, entry.Reason));
        Assert.DoesNotContain(entry.Id, before.List.Entries.Select(e => e.Id));

        // Off again, by decision too.
        using var off = await app.Rekey.SendAsync(
            HttpMethod.Delete,
            $"blocks/{entry.Id}?reason=it+was+ours",
            "Operator",
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.Accepted, off.StatusCode);
        Assert.False(await IsActiveAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(await off.Content.ReadFromJsonAsync<JsonElement>(Cancel)));
        await UntilAsync(() => IsActiveAsync(token));
    }

    [Fact]
    public async Task A_subject_is_blocked_up_to_a_time_and_logs_in_again_after_it()
    {
        var issuer = new TokenIssuer(app.World, app.Rekey);
        var token = await issuer.MintAsync(Key, "customer-2", Cancel);
        Assert.True(await IsActiveAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(await AskAsync("subject", "customer-2")));
        await UntilAsync(async () => !await IsActiveAsync(token));
        Assert.True(await IsActiveAsync(await issuer.MintAsync(Key, "customer-3", Cancel)));
        await UntilAsync(async () => await IsActiveAsync(await issuer.MintAsync(Key, "customer-2", Cancel)));
        Assert.False(await IsActiveAsync(token));
    }

    [Fact]
    public async Task Who_asks_for_a_block_does_not_approve_it()
    {
        var caller = Guid.NewGuid().ToString();
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "blocks",
            "Operator",
            JsonContent.Create(
                new
                {
                    kind = "token",
                    issuer = Key.IssuerName,
                    value = "jti-x",
                    reason = "a test",
                }
            ),
            caller,
            Cancel
        );
        var asked = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, await AnswerAsync(asked, caller));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(asked, approve: false));
        var list = (await app.Rekey.GetAsync("blocks", "Reader", Cancel))!.Value;
        Assert.DoesNotContain("jti-x", list.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"kind\":\"everybody\",\"issuer\":\"partners\",\"value\":\"x\",\"reason\":\"r\"}", 400, "bad-kind")]
    [InlineData("{\"kind\":\"token\",\"issuer\":\"partners\",\"value\":\"x\",\"reason\":\"\"}", 400, "bad-reason")]
    [InlineData("{\"kind\":\"token\",\"issuer\":\"elsewhere\",\"value\":\"x\",\"reason\":\"r\"}", 422, "issuer-not-governed")]
    [InlineData("{\"kind\":\"signingInput\",\"issuer\":\"partners\",\"value\":\"x\",\"reason\":\"r\"}", 422, "block-entry-wrong")]
    [InlineData(
        "{\"kind\":\"subject\",\"issuer\":\"partners\",\"value\":\"x\",\"reason\":\"r\",\"issuedBefore\":\"2999-01-01T00:00:00Z\"}",
        422,
        "issued-before-too-late"
    )]
    [InlineData(
        "{\"kind\":\"subject\",\"issuer\":\"partners\",\"value\":\"x\",\"reason\":\"r\",\"issuedBefore\":\"2020-01-01T00:00:00Z\"}",
        422,
        "issued-before-too-early"
    )]
    public async Task A_block_that_names_too_much_or_nothing_gets_a_problem_with_its_reason(string body, int status, string reason)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "blocks", "Operator", content, cancellationToken: Cancel);
        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(reason, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_list_comes_signed_and_304_while_it_stands_and_gzip_where_it_is_taken()
    {
        using var plain = await GetAsync("blocklist", gzip: false, etag: null);
        using var packed = await GetAsync("blocklist", gzip: true, etag: null);
        Assert.Equal("application/jwt", plain.Content.Headers.ContentType?.MediaType);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal("gzip", Assert.Single(packed.Content.Headers.ContentEncoding));
        Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
        Assert.Contains("Accept-Encoding", packed.Headers.Vary);
        await using var unpacked = new GZipStream(await packed.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress);
        Assert.Equal(await plain.Content.ReadAsStringAsync(Cancel), await new StreamReader(unpacked).ReadToEndAsync(Cancel));
        using var same = await GetAsync("blocklist", gzip: true, packed.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Cancel));
        using var other = await GetAsync("blocklist", gzip: false, packed.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task An_issuer_gets_the_status_list_of_its_tokens_to_sign()
    {
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(await AskAsync("token", "status-jti")));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(await AskAsync("subject", "status-subject")));
        var iat = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        object[] entries =
        [
            new { idx = 3, jti = "status-jti" },
            new { idx = 4, jti = "another" },
            new
            {
                idx = 9,
                jti = "x",
                sub = "status-subject",
                iat,
            },
            new
            {
                idx = 10,
                jti = "y",
                sub = "status-subject",
                iat = iat + 7200,
            },
        ];
        await UntilAsync(async () =>
        {
            using var reply = await app.Rekey.SendAsync(
                HttpMethod.Post,
                $"issuers/{Key.IssuerName}/status-list",
                "Gateway",
                JsonContent.Create(
                    new
                    {
                        bits = 2,
                        size = 12,
                        entries,
                    }
                ),
                cancellationToken: Cancel
            );
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            var made = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal(2, made.GetProperty("bits").GetInt32());
            var list = StatusList.Decode(2, made.GetProperty("lst").GetString()!, maxBytes: 3);
            var invalid = Enumerable.Range(0, list.Count).Where(i => list[i] == StatusList.Invalid).ToArray();
            Assert.DoesNotContain(10, invalid);
            return invalid.SequenceEqual([3, 9]);
        });

        // Another issuer's token of that jti is another token.
        using var elsewhere = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "issuers/shop/status-list",
            "Gateway",
            JsonContent.Create(
                new
                {
                    bits = 1,
                    size = 8,
                    entries = entries[..1],
                }
            ),
            cancellationToken: Cancel
        );
        Assert.Equal(
            0,
            StatusList.Decode(1, (await elsewhere.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("lst").GetString()!, 1)[3]
        );
    }

    [Theory]
    [InlineData("{\"bits\":3,\"size\":1,\"entries\":[]}")]
    [InlineData("{\"bits\":1,\"size\":0,\"entries\":[]}")]
    [InlineData("{\"bits\":1,\"size\":2147483647,\"entries\":[]}")]
    [InlineData("{\"bits\":1,\"size\":8,\"entries\":[null]}")]
    [InlineData("{\"bits\":1,\"size\":8,\"entries\":[{\"idx\":8,\"jti\":\"a\"}]}")]
    [InlineData("{\"bits\":1,\"size\":8,\"entries\":[{\"idx\":1}]}")]
    [InlineData("{\"bits\":1,\"size\":8,\"entries\":[{\"idx\":1,\"sub\":\"s\"}]}")]
    public async Task A_status_list_that_cannot_be_made_is_the_senders_mistake(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "issuers/shop/status-list",
            "Gateway",
            content,
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task A_status_list_may_be_larger_than_other_bodies_and_not_endless()
    {
        var entries = Enumerable.Range(0, 2000).Select(i => new { idx = i, jti = $"{i:000000000000000000000000000000000000}" });
        using var large = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "issuers/shop/status-list",
            "Gateway",
            JsonContent.Create(
                new
                {
                    bits = 1,
                    size = 2000,
                    entries,
                }
            ),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await OversizedBody.SendAsync(app, "issuers/shop/status-list", "Gateway", RunningApp.StatusBody + 1, Cancel)
        );
        using var unknown = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "issuers/none/status-list",
            "Gateway",
            JsonContent.Create(
                new
                {
                    bits = 1,
                    size = 1,
                    entries = Array.Empty<int>(),
                }
            ),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Introspection_looks_at_the_token_alone_and_is_never_cached_outside()
    {
        var token = await new TokenIssuer(app.World, app.Rekey).MintAsync(Key, "customer-4", Cancel);
        using var form = new FormUrlEncodedContent([new("token_type_hint", "refresh_token"), new("token", token), new("more", "x")]);
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", form, cancellationToken: Cancel);
        Assert.Equal("no-store", reply.Headers.CacheControl?.ToString());
        var claims = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.True(claims.GetProperty("active").GetBoolean());
        Assert.Equal(Claim(token, "jti"), claims.GetProperty("jti").GetString());
        using var twice = new FormUrlEncodedContent([new("token", token), new("token", token)]);
        using var refused = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", twice, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task<JsonElement> AskAsync(string kind, string value)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "blocks",
            "Operator",
            JsonContent.Create(
                new
                {
                    kind,
                    issuer = Key.IssuerName,
                    value,
                    reason = "a test",
                }
            ),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task<HttpStatusCode> AnswerAsync(JsonElement asked, string? by = null, bool approve = true)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{asked.GetProperty("decision").GetString()}",
            "Approver",
            JsonContent.Create(new { answer = approve ? "approve" : "decline", planHash = asked.GetProperty("planHash").GetString() }),
            by,
            Cancel
        );
        return reply.StatusCode;
    }

    private async Task<PublishedBlocks> PublishedAsync()
    {
        using var reply = await GetAsync("blocklist", gzip: false, etag: null);
        var (document, pinned) = (await reply.Content.ReadAsByteArrayAsync(Cancel), await PinnedAsync());
        return BlockDocuments.ReadPublished(SignedDocument.Open(document, BlockDocuments.Type, pinned, "ES256"));
    }

    private Task<PublicJwk> PinnedAsync() => app.World.Admin.ReadKeyAsync(app.World.OwnVault, World.DocumentKey, Cancel);

    private async Task<HttpResponseMessage> GetAsync(string path, bool gzip, EntityTagHeaderValue? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.World.HostAddress, path));
        request.Headers.Authorization = new("Bearer", app.World.TokenFor("Gateway"));
        if (gzip)
        {
            request.Headers.AcceptEncoding.Add(new("gzip"));
        }

        if (etag is not null)
        {
            request.Headers.IfNoneMatch.Add(etag);
        }

        return await app.World.Http.SendAsync(request, Cancel);
    }

    private async Task<bool> IsActiveAsync(string token) =>
        (await app.Rekey.IntrospectAsync(token, Cancel)).GetProperty("active").GetBoolean();

    private async Task<(string Body, string Headers)> RawAsync(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "introspect", "Gateway", form, cancellationToken: Cancel);
        var headers = reply
            .Headers.Concat(reply.Content.Headers)
            .Where(h => h.Key is not "Date")
            .Select(h => $"{h.Key}={string.Join(',', h.Value)}");
        return (
            await reply.Content.ReadAsStringAsync(Cancel),
            $"{reply.StatusCode} {string.Join(';', headers.Order(StringComparer.Ordinal))}"
        );
    }

    private static string Claim(string token, string name)
    {
        using var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        return payload.RootElement.GetProperty(name).GetString()!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
