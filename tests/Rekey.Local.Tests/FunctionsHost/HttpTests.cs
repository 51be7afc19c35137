using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rekey.Local.FunctionsHost.Http;
using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class HttpTests(AzuriteFixture azurite)
{
    private static readonly Dictionary<string, string> NoHomepage = new() { ["AzureWebJobsDisableHomepage"] = "true" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_forwarded_as_it_is_and_so_is_the_answer()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Jwks", ""","route":".well-known/jwks.json","methods":["get","post"]"""));
        await run.ScriptAsync("/.well-known/jwks.json", new { status = 418, body = "short and stout", headers = new Dictionary<string, string> { ["etag"] = "\"1\"", ["cache-control"] = "max-age=60", ["location"] = "/elsewhere" } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/.well-known/jwks.json?a=1&b=%20") { Content = new StringContent("the body", Encoding.UTF8, "text/plain") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer x");
        request.Headers.TryAddWithoutValidation("If-None-Match", "\"0\"");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", "mine");

        using var answer = await run.Client.SendAsync(request, Cancellation);

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
        Assert.Equal("max-age=60", answer.Headers.CacheControl?.ToString());
        Assert.Equal("short and stout", await answer.Content.ReadAsStringAsync(Cancellation));
        var call = Assert.Single(await run.CallsAsync());
        Assert.Equal(("POST", "/.well-known/jwks.json?a=1&b=%20", "the body"), (call.Method, call.Url, call.Body));
        Assert.Equal("Bearer x", call.Header("authorization"));
        Assert.Equal("\"0\"", call.Header("if-none-match"));
        Assert.Equal("203.0.113.7", call.Header("x-forwarded-for"));
        Assert.Equal(run.Host.Address.Authority, call.Header("host"));
        Assert.True(Guid.TryParse(call.Header("x-azure-functions-invocationid"), out _));
    }

    [Fact]
    public async Task Without_one_X_Forwarded_For_is_added_and_redirects_come_back()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Go"));
        await run.ScriptAsync("/Go", new { status = 302, headers = new Dictionary<string, string> { ["location"] = "/Away" } });
        using var answer = await run.Client.GetAsync("/Go", Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("127.0.0.1", Assert.Single(await run.CallsAsync()).Header("x-forwarded-for"));
    }

    [Theory]
    [InlineData("GET", "/keys/7", 200)]
    [InlineData("GET", "/keys/seven", 404)]
    [InlineData("DELETE", "/keys/7", 404)]
    [InlineData("HEAD", "/keys/7", 404)]
    [InlineData("GET", "/console", 200)]
    [InlineData("GET", "/console/a/b", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/Disabled", 404)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("POST", "/Sweep", 404)]
    [InlineData("POST", "/sweep", 404)]
    [InlineData("POST", "//Sweep", 404)]
    [InlineData("POST", "/x/../Sweep", 404)]
    [InlineData("POST", "/console/../Sweep", 404)]
    [InlineData("POST", "/console/%2e%2e/Sweep", 404)]
    [InlineData("POST", "/%53weep", 404)]
    [InlineData("POST", "/Sweep/", 404)]
    [InlineData("POST", "/admin/functions/Sweep", 401)]
    public async Task Routes_decide_what_reaches_the_handler(string method, string target, int expected)
    {
        await using var run = await HostRun.StartAsync(
            new AppFolder()
                .Http("Keys", ""","route":"keys/{id:int}","methods":["get"]""")
                .Http("Console", ""","route":"console/{*path}" """)
                .Http("Root", ""","route":"{ignored:maxlength(0)?}","methods":["get"]""")
                .Timer("Sweep")
                .Function("Disabled", """{"disabled":true,"bindings":[{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous"},{"type":"http","direction":"out","name":"res"}]}"""),
            NoHomepage);
        // The root is where readiness is asked for; scripted, it counts as a call.
        await run.ScriptAsync("/", new { });
        Assert.Equal(expected, await RawHttp.StatusAsync(run.Host.Address, method, target, method == "POST" ? """{"Data":{}}""" : ""));
        Assert.Equal(expected == 200 ? 1 : 0, (await run.CallsAsync()).Count);
    }

    [Theory]
    [InlineData("/console/%252e%252e/Sweep", "/console/%252e%252e/Sweep")]
    [InlineData("/console/..%5cSweep", "/console/..%5CSweep")]
    [InlineData("/console/a%2Fb", "/console/a%2Fb")]
    public async Task What_is_forwarded_stays_below_its_route(string target, string expected)
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Console", ""","route":"console/{*path}" """).Timer("Sweep"));
        await RawHttp.StatusAsync(run.Host.Address, "POST", target, "{}");
        Assert.Equal(expected, Assert.Single(await run.CallsAsync()).Url);
    }

    [Fact]
    public async Task A_route_at_the_root_is_the_hole_that_it_is_on_Azure()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("All", ""","route":"{*path}" """).Timer("Sweep"));
        Assert.Equal(200, await RawHttp.StatusAsync(run.Host.Address, "POST", "/Sweep", "{}"));
        Assert.Equal("/Sweep", Assert.Single(await run.CallsAsync()).Url);
    }

    [Fact]
    public async Task Until_it_is_disabled_the_homepage_stands_before_the_root()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Http("Root", ""","route":"{ignored:maxlength(0)?}" """));
        Assert.Contains("up and running", await run.Client.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Levels_ask_for_their_keys_in_header_or_query()
    {
        await using var run = await HostRun.StartAsync(new AppFolder().Binding("F", """{"type":"httpTrigger","direction":"in","name":"req"}""", """{"type":"http","direction":"out","name":"res"}""").Binding(
            "A",
            """{"type":"httpTrigger","direction":"in","name":"req","authLevel":"admin"}""",
            """{"type":"http","direction":"out","name":"res"}"""));
        (string Function, string? Key, int Expected)[] cases =
        [
            ("F", null, 401), ("F", "wrong", 401), ("F", run.Host.EventGridKey, 401), ("F", run.Host.FunctionKey("A"), 401),
            ("F", run.Host.FunctionKey("F"), 200), ("F", run.Host.HostKey, 200), ("F", run.Host.MasterKey, 200),
            ("A", run.Host.HostKey, 401), ("A", run.Host.FunctionKey("A"), 401), ("A", run.Host.MasterKey, 200),
        ];
        foreach (var (function, key, expected) in cases)
        {
            using var inHeader = new HttpRequestMessage(HttpMethod.Get, "/" + function);
            if (key is not null)
            {
                inHeader.Headers.Add("x-functions-key", key);
            }

            using var byHeader = await run.Client.SendAsync(inHeader, Cancellation);
            using var byQuery = await run.Client.GetAsync($"/{function}?code={key}", Cancellation);
            Assert.Equal((expected, expected), ((int)byHeader.StatusCode, (int)byQuery.StatusCode));
        }
    }

    [Fact]
    public async Task The_route_prefix_stands_before_every_route()
    {
        await using var run = await HostRun.StartAsync(new AppFolder(AppFolder.HostJson.Replace("\"routePrefix\":\"\"", "\"routePrefix\":\"api\"", StringComparison.Ordinal)).Http("Hello"));
        Assert.Equal(404, await RawHttp.StatusAsync(run.Host.Address, "GET", "/Hello"));
        Assert.Equal(200, await RawHttp.StatusAsync(run.Host.Address, "GET", "/api/Hello"));
        Assert.Equal("/api/Hello", Assert.Single(await run.CallsAsync()).Url);
    }

    [Theory]
    [InlineData("""{"Outputs":{"res":{"statusCode":202,"headers":{"X-A":"b"},"body":"{\"ok\":true}"}}}""", 202, """{"ok":true}""")]
    [InlineData("""{"Outputs":{"res":{"statusCode":"201","body":{"ok":true}}}}""", 201, """{"ok":true}""")]
    [InlineData("""{"Outputs":{"RES":{"body":"x y"}}}""", 200, "x y")]
    [InlineData("""{"Outputs":{"res":{"headers":{"X-A":["b"]}}}}""", 500, "")]
    [InlineData("{}", 204, "")]
    [InlineData("[]", 500, "")]
    public async Task With_one_more_output_the_function_gets_the_envelope(string reply, int status, string body)
    {
        var queue = $"q{Guid.NewGuid():N}";
        await using var run = await HostRun.StartAsync(
            new AppFolder().Binding(
                "Api",
                """{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","route":"keys/{id}"}""",
                """{"type":"http","direction":"out","name":"res"}""",
                $$"""{"type":"queue","direction":"out","name":"q","queueName":"{{queue}}","connection":"Work"}"""),
            new() { ["Work"] = azurite.ConnectionString });
        await run.ScriptAsync("/Api", new { body = reply });

        using var answer = await run.Client.PostAsync("/keys/7?x=1", new StringContent("""{"k":1}""", Encoding.UTF8, "application/json"), Cancellation);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync(Cancellation));
        var call = Assert.Single(await run.CallsAsync("/Api"));
        var req = call.Json.GetProperty("Data").GetProperty("req");
        Assert.Equal("""{"k":1}""", req.GetProperty("Body").GetString());
        Assert.Equal("7", req.GetProperty("Params").GetProperty("id").GetString());
        Assert.Equal("1", req.GetProperty("Query").GetProperty("x").GetString());
        Assert.Equal("application/json; charset=utf-8", req.GetProperty("Headers").GetProperty("Content-Type")[0].GetString());
        Assert.Equal("\"7\"", call.Json.GetProperty("Metadata").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Without_a_body_the_envelope_has_none()
    {
        await using var run = await HostRun.StartAsync(new AppFolder(AppFolder.HostJson.Replace("\"enableForwardingHttpRequest\":true", "\"enableForwardingHttpRequest\":false", StringComparison.Ordinal)).Http("Hello"));
        await run.Client.GetAsync("/Hello", Cancellation);
        Assert.False(Assert.Single(await run.CallsAsync("/Hello")).Json.GetProperty("Data").GetProperty("req").TryGetProperty("Body", out _));
    }

    [Theory]
    [InlineData("/a b/ü", "/a%20b/%C3%BC")]
    [InlineData("/%2e%2e/x", "/%252e%252e/x")]
    [InlineData("/a%2fb", "/a%2Fb")]
    public void Forwarded_paths_are_encoded_anew(string path, string expected) =>
        Assert.Equal(expected, ForwardUri.For(new Uri("http://127.0.0.1:1/"), new PathString(path), QueryString.Empty).AbsolutePath);
}
