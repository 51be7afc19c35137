using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Stopping;

/// <summary>F7 and F9: stop and start over HTTP, and where the app says that it is stopped.</summary>
public sealed class StopEndpointTests(RunningApp app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F7_a_stop_is_said_in_health_in_every_answer_and_in_a_finding_until_two_approvers_start_it()
    {
        await SaysAsync("running");
        using var stopped = await app.Rekey.SendAsync(HttpMethod.Post, "stop", "Operator", cancellationToken: Cancel);
        Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        var stop = await stopped.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        using var again = await app.Rekey.SendAsync(HttpMethod.Post, "stop", "Operator", cancellationToken: Cancel);
        Assert.Equal(stop.ToString(), (await again.Content.ReadFromJsonAsync<JsonElement>(Cancel)).ToString());
        await SaysAsync("stopped");

        // Answers of every kind say it: served, refused by a function, refused before it, and without a function.
        foreach (var (path, role) in new[] { ("healthz", null), ("findings", "Reader"), ("findings/none", "Reader"), ("findings", null) })
        {
            using var reply = await app.Rekey.SendAsync(HttpMethod.Get, path, role, cancellationToken: Cancel);
            Assert.Equal("stopped", Assert.Single(reply.Headers.GetValues("Rekey-State")));
        }

        var health = (await app.Rekey.GetAsync("healthz", "Reader", Cancel))!.Value;
        Assert.Equal("stopped", health.GetProperty("status").GetString());
        Assert.Equal("operator", Assert.Single(health.GetProperty("stoppedBy").EnumerateArray()).GetString());
        Assert.Equal("High", (await FindingAsync())!.Value.GetProperty("severity").GetString());

        // It holds after a restart.
        await app.World.RestartHostAsync(cancellationToken: Cancel);
        await SaysAsync("stopped");

        await app.StartAgainAsync(Cancel);
        await SaysAsync("running");
        Assert.Null(await FindingAsync());
    }

    [Fact]
    public async Task F9_one_approver_alone_does_not_start_it_and_nothing_starts_what_is_not_stopped()
    {
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "not-stopped"), await StartAsync("""{"reason":"a test"}"""));
        using var stopped = await app.Rekey.SendAsync(HttpMethod.Post, "stop", "Operator", cancellationToken: Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "bad-reason"), await StartAsync("""{"reason":""}"""));
        Assert.Equal((HttpStatusCode.BadRequest, "malformed-json"), await StartAsync("{}"));
        using var asked = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "start",
            "Approver",
            JsonContent.Create(new { reason = "a test" }),
            cancellationToken: Cancel
        );
        var question = await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        using var alone = await app.Rekey.SendAsync(
            HttpMethod.Post,
            $"decisions/{question.GetProperty("decision").GetString()}",
            "Approver",
            JsonContent.Create(new { answer = "approve", planHash = question.GetProperty("planHash").GetString() }),
            cancellationToken: Cancel
        );
        Assert.Equal(HttpStatusCode.Forbidden, alone.StatusCode);
        await SaysAsync("stopped");
        await app.StartAgainAsync(Cancel);
    }

    private async Task<(HttpStatusCode, string?)> StartAsync(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var reply = await app.Rekey.SendAsync(HttpMethod.Post, "start", "Approver", content, cancellationToken: Cancel);
        return (reply.StatusCode, (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    private async Task<JsonElement?> FindingAsync() =>
        (await app.Rekey.GetAsync("findings", "Reader", Cancel))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Where(f => f.GetProperty("kind").GetString() == "rekey-stopped" && f.GetProperty("closedAt").ValueKind is JsonValueKind.Null)
            .Select(f => (JsonElement?)f)
            .SingleOrDefault();

    /// <summary>Readers may be a second or two behind.</summary>
    private async Task SaysAsync(string state)
    {
        var said = "";
        for (var until = DateTime.UtcNow.AddSeconds(30); said != state && DateTime.UtcNow < until; )
        {
            using var reply = await app.Rekey.SendAsync(HttpMethod.Get, "healthz", role: null, cancellationToken: Cancel);
            said = Assert.Single(reply.Headers.GetValues("Rekey-State"));
        }

        Assert.Equal(state, said);
    }
}
