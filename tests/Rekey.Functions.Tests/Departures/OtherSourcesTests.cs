using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Departures;

/// <summary>The endpoints for identity providers and for Lifecycle Workflows, over real HTTP.</summary>
public sealed class OtherSourcesTests(RunningApp app)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json", "{}", "invalid_request")]
    [InlineData("application/secevent+jwt", "nonsense", "invalid_request")]
    [InlineData("application/secevent+jwt", "eyJ0eXAiOiJzZWNldmVudCtqd3QiLCJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.", "invalid_issuer")]
    public async Task A_security_event_is_refused_as_the_standard_says(string contentType, string body, string code)
    {
        using var reply = await PushAsync(contentType, body);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Equal("application/json", reply.Content.Headers.ContentType!.MediaType);
        Assert.Equal(["en"], reply.Content.Headers.ContentLanguage);
        var error = await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(code, error.GetProperty("err").GetString());
        Assert.Equal(["err", "description"], error.EnumerateObject().Select(p => p.Name));
        Assert.DoesNotContain(body, error.GetProperty("description").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_security_event_about_a_closed_account_is_a_departure_and_counts_once()
    {
        var person = $"{Guid.NewGuid()}";
        app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Leaver") { AccountEnabled = false });
        var claims = new JsonObject
        {
            ["iss"] = app.World.Identity.EventIssuer,
            ["jti"] = $"{Guid.NewGuid()}",
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["aud"] = "https://rekey.local/security-events",
            ["sub_id"] = new JsonObject
            {
                ["format"] = "iss_sub",
                ["iss"] = app.World.Identity.EventIssuer,
                ["sub"] = person,
            },
            ["events"] = new JsonObject { ["https://schemas.openid.net/secevent/risc/event-type/account-disabled"] = new JsonObject() },
        };
        var text = app.World.Identity.MintEvent(claims);
        using var forged = await PushAsync("application/secevent+jwt", text[..^4] + (text[^4] == 'A' ? 'B' : 'A') + text[^3..]);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        for (var time = 0; time < 2; time++)
        {
            using var reply = await PushAsync("application/secevent+jwt", text);
            Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
            Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Cancel));
        }

        var read = (await app.Rekey.GetAsync($"departures/{app.World.Identity.TenantId}~{person}~1", "Reader", Cancel))!.Value;
        Assert.True(read.GetProperty("confirmed").GetBoolean());
        Assert.Equal("SecurityEvent", Assert.Single(read.GetProperty("sources").EnumerateArray()).GetProperty("source").GetString());
    }

    [Fact]
    public async Task An_endless_event_is_refused()
    {
        using var reply = await PushAsync("application/secevent+jwt", new string('a', 17 * 1024));
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task A_workflow_reports_a_leaver_and_can_set_neither_keys_nor_hostile()
    {
        var person = $"{Guid.NewGuid()}";
        app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Leaver"));
        var callout = new
        {
            type = "microsoft.graph.identityGovernance",
            source = "/lifecycleWorkflows",
            hostile = true,
            keys = new[] { "x/y" },
            data = new
            {
                subject = new { id = person, hostile = true },
                taskProcessingresult = new { id = "run-7" },
                workflow = new { id = "w-1", displayName = "Leavers" },
            },
        };
        var departure = "";
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var reply = await app.Rekey.SendAsync(
                HttpMethod.Post,
                "workflows/leavers",
                "DepartureReporter",
                JsonContent.Create(callout),
                cancellationToken: Cancel
            );
            Assert.Equal(HttpStatusCode.Accepted, reply.StatusCode);
            departure = (await reply.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("departure").GetString();
        }

        var read = (await app.Rekey.GetAsync($"departures/{departure}", "Reader", Cancel))!.Value;
        Assert.False(read.GetProperty("hostile").GetBoolean());
        Assert.False(read.GetProperty("confirmed").GetBoolean());
        var source = Assert.Single(read.GetProperty("sources").EnumerateArray());
        Assert.Equal(
            ("ReportWorkflowLeaver", "run-7"),
            (source.GetProperty("source").GetString(), source.GetProperty("eventId").GetString())
        );
    }

    [Theory]
    [InlineData("""{"data":{"subject":{"id":"nobody"}}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"data":{}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"data":{"subject":{"id":"00000000-1111-4222-8333-000000000999"}}}""", HttpStatusCode.NotFound)]
    public async Task A_callout_without_a_person_is_refused(string body, HttpStatusCode status)
    {
        using var reply = await app.Rekey.SendAsync(
            HttpMethod.Post,
            "workflows/leavers",
            "DepartureReporter",
            new StringContent(body, Encoding.UTF8, "application/json"),
            cancellationToken: Cancel
        );
        Assert.Equal(status, reply.StatusCode);
    }

    private async Task<HttpResponseMessage> PushAsync(string contentType, string body)
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return await app.Rekey.SendAsync(HttpMethod.Post, "security-events", role: null, content, cancellationToken: Cancel);
    }
}
