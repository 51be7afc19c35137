using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class EventGridTests
{
    private const string CloudEvent = """{"specversion":"1.0","id":"e1","type":"Microsoft.Graph.UserUpdated","source":"/t","data":{"changeType":"updated"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CloudEvent, "application/cloudevents+json", 1)]
    [InlineData("[" + CloudEvent + "," + CloudEvent + "]", "application/cloudevents-batch+json", 2)]
    [InlineData("""[{"id":"e1","eventType":"x","subject":"s","data":{},"dataVersion":"1"}]""", "application/json", 1)]
    public async Task A_delivery_is_one_invocation_an_event(string body, string type, int invocations)
    {
        await using var run = await StartAsync();
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(run, body, type));
        var calls = await run.CallsAsync("/Changed", invocations);
        Assert.Equal(invocations, calls.Count);
        Assert.Equal("e1", calls[0].Json.GetProperty("Data").GetProperty("ev").GetProperty("id").GetString());
        Assert.Equal("chunked", calls[0].Header("transfer-encoding"));
        Assert.Null(calls[0].Header("content-length"));
        Assert.StartsWith("Azure-Functions-Host/4.", calls[0].Header("user-agent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_mode_loses_everything_but_the_data()
    {
        await using var run = await StartAsync();
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(run, """{"changeType":"updated"}""", "application/json", request => request.Headers.Add("ce-id", "e1")));
        var ev = Assert.Single(await run.CallsAsync("/Changed", 1)).Json.GetProperty("Data").GetProperty("ev");
        Assert.Equal("changeType", Assert.Single(ev.EnumerateObject()).Name);
    }

    [Theory]
    [InlineData(401, "?functionName=Changed")]
    [InlineData(401, "?functionName=Changed&code=wrong")]
    [InlineData(404, "?functionName=Unknown&code=KEY")]
    [InlineData(404, "?functionName=Tick&code=KEY")]
    [InlineData(404, "?code=KEY")]
    public async Task The_door_refuses(int expected, string query)
    {
        await using var run = await StartAsync();
        using var answer = await run.Client.PostAsync("/runtime/webhooks/eventgrid" + query.Replace("KEY", run.Host.EventGridKey, StringComparison.Ordinal), new StringContent(CloudEvent), Cancellation);
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Empty(await run.CallsAsync());
    }

    [Fact]
    public async Task Without_the_event_type_header_it_is_400()
    {
        await using var run = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(run, CloudEvent, "application/cloudevents+json", request => request.Headers.Remove("aeg-event-type")));
    }

    [Fact]
    public async Task Cut_off_json_is_500_and_never_reaches_the_handler()
    {
        await using var run = await StartAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, await SendAsync(run, CloudEvent[..^10], "application/cloudevents+json"));
        Assert.Empty(await run.CallsAsync());
    }

    [Fact]
    public async Task One_failing_event_fails_the_batch_after_all_were_invoked()
    {
        await using var run = await StartAsync();
        await run.ScriptAsync("/Changed", new { status = 500 });
        Assert.Equal(HttpStatusCode.InternalServerError, await SendAsync(run, $"[{CloudEvent},{CloudEvent},{CloudEvent}]", "application/cloudevents-batch+json"));
        Assert.Equal(3, (await run.CallsAsync("/Changed")).Count);
    }

    [Fact]
    public async Task The_host_answers_both_handshakes()
    {
        await using var run = await StartAsync();
        using var options = new HttpRequestMessage(HttpMethod.Options, run.Host.EventGridWebhookAddress("Changed"));
        options.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
        using var allowed = await run.Client.SendAsync(options, Cancellation);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal("eventgrid.azure.net", allowed.Headers.GetValues("Webhook-Allowed-Origin").Single());

        using var validation = Request(run, """[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"c0de"}}]""", "application/json");
        validation.Headers.Remove("aeg-event-type");
        validation.Headers.Add("aeg-event-type", "SubscriptionValidation");
        using var validated = await run.Client.SendAsync(validation, Cancellation);
        Assert.Equal("c0de", JsonDocument.Parse(await validated.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("validationResponse").GetString());
        Assert.Empty(await run.CallsAsync());
    }

    [Fact]
    public async Task With_cardinality_many_a_delivery_is_one_string()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().EventGrid("Changed", ""","cardinality":"many" """));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(run, $"[{CloudEvent},{CloudEvent}]", "application/json"));
        var text = Assert.Single(await run.CallsAsync("/Changed", 1)).Json.GetProperty("Data").GetProperty("ev").GetString();
        Assert.Equal(2, JsonDocument.Parse(text!).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Keys_never_enter_the_log()
    {
        await using var run = await StartAsync();
        await SendAsync(run, CloudEvent, "application/cloudevents+json");
        Assert.DoesNotContain(run.Log, line => line.Text.Contains(run.Host.EventGridKey, StringComparison.Ordinal));
    }

    private static Task<HostRun> StartAsync() => HostRun.StartAsync(new AppFolder().EventGrid("Changed").Timer("Tick"));

    private static HttpRequestMessage Request(HostRun run, string body, string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, run.Host.EventGridWebhookAddress("Changed")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.Add("aeg-event-type", "Notification");
        return request;
    }

    private static async Task<HttpStatusCode> SendAsync(HostRun run, string body, string type, Action<HttpRequestMessage>? change = null)
    {
        using var request = Request(run, body, type);
        change?.Invoke(request);
        using var answer = await run.Client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
