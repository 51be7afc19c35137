using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Ledgers;

/// <summary>The files of the ledger over HTTP, as they are stored: what <c>rekey ledger export</c> reads.</summary>
public sealed class LedgerFilesTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_segment_is_read_from_an_offset_to_its_end_and_not_beyond()
    {
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, "ledger/segments/1", "Reader", cancellationToken: Cancel);
        Assert.Equal("application/x-ndjson", reply.Content.Headers.ContentType?.MediaType);
        var whole = await reply.Content.ReadAsByteArrayAsync(Cancel);
        Assert.InRange(whole.Length, 1, 4 * 1024 * 1024);
        Assert.Equal((byte)'\n', whole[^1]);

        // Others may write meanwhile.
        using var later = await app.Rekey.SendAsync(HttpMethod.Get, "ledger/segments/1?offset=100", "Reader", cancellationToken: Cancel);
        Assert.True((await later.Content.ReadAsByteArrayAsync(Cancel)).AsSpan().StartsWith(whole.AsSpan(100)));
    }

    [Theory]
    [InlineData("1?offset=999999999", 400, "bad-offset")]
    [InlineData("1?offset=-1", 400, "bad-offset")]
    [InlineData("1?offset=x", 400, "bad-offset")]
    [InlineData("1?offset=1&offset=2", 400, "bad-offset")]
    [InlineData("0", 404, "unknown-segment")]
    [InlineData("x", 404, "unknown-segment")]
    [InlineData("99999999", 404, "unknown-segment")]
    [InlineData("99999999999999999999", 404, "unknown-segment")]
    public async Task What_is_not_there_is_refused_with_a_reason(string what, int status, string reason)
    {
        using var reply = await app.Rekey.SendAsync(HttpMethod.Get, $"ledger/segments/{what}", "Reader", cancellationToken: Cancel);
        var problem = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(((HttpStatusCode)status, reason), (reply.StatusCode, problem.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task All_pages_together_have_each_checkpoint_once_the_newest_first()
    {
        Assert.True((await app.World.Host.TriggerTimerAsync("VerifyLedger", Cancel)).Succeeded);
        var (names, query) = (new List<string>(), "?limit=1");
        while (query.Length > 0)
        {
            var page = (await app.Rekey.GetAsync($"ledger/checkpoints{query}", "Reader", Cancel))!.Value;
            var checkpoint = Assert.Single(page.GetProperty("checkpoints").EnumerateArray());
            Assert.Equal(3, checkpoint.GetProperty("document").GetString()!.Split('.').Length);
            names.Add(checkpoint.GetProperty("name").GetString()!);
            query = page.GetProperty("next").GetString() is { } next ? $"?limit=1&after={next}" : "";
        }

        Assert.NotEmpty(names);
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }
}
