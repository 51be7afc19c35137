using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Blocking;

/// <summary>An operator asks about one token: whether it is blocked, why, since when, and whether its key is trusted.</summary>
public sealed class FindTokenTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WorldKey Key => app.World.Keys[1];

    /// <summary>The three ways to name it lead to the same block.</summary>
    [Fact]
    public async Task A_blocked_token_is_found_by_itself_by_its_jti_and_by_its_hash()
    {
        var token = await new TokenIssuer(app.World, app.Rekey).MintAsync(Key, $"found-{Guid.NewGuid():N}", Cancel);
        var (jti, hash) = (Claim(token, "jti"), HashOf(token));
        object[] byJti = [new { iss = Key.Issuer, jti }, new { iss = Key.IssuerName, jti }];
        object[] all = [new { token }, new { hash }, .. byJti];
        foreach (var way in all)
        {
            var free = await FindAsync(way);
            Assert.False(free.GetProperty("isBlocked").GetBoolean());
            Assert.Empty(free.GetProperty("blocks").EnumerateArray());

            // This app has no log of accesses: it says so, and does not say that no gateway saw it.
            var seenBy = free.GetProperty("seenBy");
            Assert.Equal(JsonValueKind.Null, seenBy.GetProperty("gateways").ValueKind);
            Assert.Contains("No log of accesses is connected", Text(seenBy, "unknownBecause"), StringComparison.Ordinal);
        }

        // By its jti: the token has one too, its hash alone does not lead to it.
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var decision = await BlockAsync("token", jti);
        foreach (var way in byJti.Append(new { token }))
        {
            var block = Assert.Single((await BlockedAsync(way)).GetProperty("blocks").EnumerateArray());
            Assert.Equal(("Token", "decided", decision), (Text(block, "kind"), Text(block, "reason"), Text(block, "decision")));
            Assert.InRange(block.GetProperty("since").GetDateTimeOffset(), before, DateTimeOffset.UtcNow.AddSeconds(1));
            Assert.True(block.GetProperty("until").GetDateTimeOffset() > DateTimeOffset.UtcNow);
            Assert.Equal(JsonValueKind.Null, block.GetProperty("finding").ValueKind);
        }

        // By its hash.
        await BlockAsync("signingInput", hash);
        Assert.Equal(
            "SigningInput",
            Text(Assert.Single((await BlockedAsync(new { hash })).GetProperty("blocks").EnumerateArray()), "kind")
        );
        Assert.Equal(2, (await BlockedAsync(new { token })).GetProperty("blocks").GetArrayLength());
    }

    [Fact]
    public async Task It_says_which_version_signed_it_and_a_forged_signature_is_not_taken_for_it()
    {
        var token = await new TokenIssuer(app.World, app.Rekey).MintAsync(Key, "signed", Cancel);
        var signer = (await FindAsync(new { token })).GetProperty("signer");
        Assert.EndsWith("/partners", Text(signer, "key"), StringComparison.Ordinal);
        Assert.Equal("Current", Text(signer.GetProperty("version"), "state"));
        Assert.True(signer.GetProperty("signatureIsGood").GetBoolean());

        var forged = token[..^4] + (token[^4] == 'A' ? "B" : "A") + token[^3..];
        Assert.False((await FindAsync(new { token = forged })).GetProperty("signer").GetProperty("signatureIsGood").GetBoolean());

        // The answer says nothing about a token that was not sent.
        var byJti = (await FindAsync(new { iss = Key.Issuer, jti = "nobody-saw-it" })).GetProperty("signer");
        Assert.Equal(JsonValueKind.Null, byJti.GetProperty("version").ValueKind);
        Assert.NotNull(Text(byJti, "unchecked"));
    }

    /// <summary>A sweep knows more of it: each way leads to the finding, and a copy of its jti on another token to nothing.</summary>
    [Fact]
    public async Task A_token_of_a_campaign_is_found_with_its_finding_and_its_uses()
    {
        var (jti, now) = ($"campaign-{Guid.NewGuid():N}", DateTimeOffset.UtcNow);
        var hash = HashOf($"{jti}.x.y");
        var campaign = new TokenCampaign(Key.Issuer, $"kid-{Guid.NewGuid():N}", Verdict.Unissued, "unissued") { IsActive = false };
        var seen = new PresentedToken(Key.Issuer, jti, campaign.Kid, "sub", "aud", now, now.AddHours(1), hash, null, null);
        var other = new PresentedToken(
            Key.Issuer,
            $"{jti}-2",
            campaign.Kid,
            "sub",
            "aud",
            now,
            now.AddHours(1),
            HashOf("a.b.c"),
            null,
            null
        );
        await new LedgerOfApp(app).KeepAsync(
            campaign,
            [
                new(campaign.Id, 3)
                {
                    Tokens =
                    [
                        .. new[] { seen, other }.Select(t => new TrackedToken(t, [new("192.0.2.7", now, now, 5)]) { RaisedAt = now }),
                    ],
                },
            ],
            Cancel
        );
        foreach (var way in new object[] { new { hash }, new { iss = Key.Issuer, jti } })
        {
            var found = Assert.Single((await FindAsync(way)).GetProperty("verdicts").EnumerateArray());
            Assert.Equal(
                (campaign.FindingId, campaign.Id, "unissued"),
                (Text(found, "finding"), Text(found, "campaign"), Text(found, "verdict"))
            );
            var token = found.GetProperty("token");
            Assert.Equal(jti, Text(token, "jti"));
            Assert.Equal("192.0.2.7", Text(Assert.Single(token.GetProperty("uses").EnumerateArray()), "address"));
        }

        Assert.Empty((await FindAsync(new { iss = "https://elsewhere.example", jti })).GetProperty("verdicts").EnumerateArray());
    }

    [Theory]
    [InlineData("{}", "not-one-way", "in one way")]
    [InlineData("{\"iss\":\"shop\"}", "not-one-way", "'iss' and 'jti'")]
    [InlineData("{\"jti\":\"x\"}", "not-one-way", "'iss' and 'jti'")]
    [InlineData("{\"iss\":\"shop\",\"jti\":\"x\",\"hash\":\"y\"}", "not-one-way", "without the others")]
    [InlineData("{\"hash\":\"x\",\"token\":\"y\"}", "not-one-way", "without the others")]
    [InlineData("{\"iss\":\"\",\"jti\":\"x\"}", "bad-name", "2048")]
    [InlineData("{\"hash\":\"abc\"}", "bad-hash", "64 lower-case hex digits")]
    [InlineData("{\"token\":\"abc\"}", "bad-token", "header, payload and signature")]
    [InlineData("{\"token\":\"e30.e30.e30\"}", "bad-token", "with an iss")]
    [InlineData("{\"token\":\"W10.W10.W10\"}", "bad-token", "with an iss")]
    [InlineData("{\"kid\":\"x\"}", "malformed-json", "iss (optional), jti (optional), hash (optional), token (optional)")]
    public async Task A_wrong_request_is_refused_with_what_is_expected(string body, string reason, string expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "tokens/find", "Operator", content, cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        var problem = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(reason, Text(problem, "reason"));
        Assert.Contains(expected, Text(problem, "detail"), StringComparison.Ordinal);
    }

    /// <summary>Whatever comes of it, the token is in no answer and in no log line.</summary>
    [Fact]
    public async Task The_token_is_in_no_answer_and_in_no_log()
    {
        var token = await new TokenIssuer(app.World, app.Rekey).MintAsync(Key, $"secret-{Guid.NewGuid():N}", Cancel);
        var tooLong = token + new string('x', 17_000);
        foreach (
            var body in new[]
            {
                JsonSerializer.Serialize(new { token }),
                JsonSerializer.Serialize(new { token, jti = "x" }),
                JsonSerializer.Serialize(new { token = tooLong }),
                JsonSerializer.Serialize(new { token = token + "." }),
                JsonSerializer.Serialize(new { hash = token }),
                JsonSerializer.Serialize(new { iss = token, jti = token }),
                JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [token] = "x" }),
                $"{{\"token\":\"{token}",
            }
        )
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "tokens/find", "Operator", content, cancellationToken: Cancel);
            Assert.True((int)reply.StatusCode is 200 or 400, $"{reply.StatusCode}");
            var text = await reply.Content.ReadAsStringAsync(Cancel);
            Assert.DoesNotContain(token.Split('.')[1], text, StringComparison.Ordinal);
            Assert.DoesNotContain(token.Split('.')[2], text, StringComparison.Ordinal);
        }

        using var kept = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "tokens/find",
            "Operator",
            JsonContent.Create(new { token }),
            cancellationToken: Cancel
        );
        Assert.Equal("no-store", kept.Headers.CacheControl?.ToString());
        var log = await File.ReadAllTextAsync(app.World.LogFile, Cancel);
        Assert.DoesNotContain(token.Split('.')[1], log, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[2], log, StringComparison.Ordinal);
    }

    private async Task<JsonElement> FindAsync(object way)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "tokens/find",
            "Operator",
            JsonContent.Create(way),
            cancellationToken: Cancel
        );
        Assert.True(reply.IsSuccessStatusCode, $"{reply.StatusCode}: {await reply.Content.ReadAsStringAsync(Cancel)}");
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task<JsonElement> BlockedAsync(object way)
    {
        var found = await FindAsync(way);
        Assert.True(found.GetProperty("isBlocked").GetBoolean(), found.GetRawText());
        return found;
    }

    /// <summary>Asks for a block and approves it. Gives the id of the decision.</summary>
    private async Task<string> BlockAsync(string kind, string value)
    {
        using var content = JsonContent.Create(
            new
            {
                kind,
                issuer = Key.IssuerName,
                value,
                reason = "a test",
            }
        );
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "blocks", "Operator", content, cancellationToken: Cancel);
        var asked = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var decision = Text(asked, "decision")!;
        using var answer = JsonContent.Create(new { answer = "approve", planHash = Text(asked, "planHash") });
        using var answered = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{decision}",
            "Approver",
            answer,
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        return decision;
    }

    private static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')])));

    private static string Claim(string token, string name)
    {
        var payload = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
        using var claims = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        return claims.RootElement.GetProperty(name).GetString()!;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
