using System.Net;
using System.Text;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class HttpTests(RecordedApp app) : IClassFixture<RecordedApp>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HostRun Run => app.Run;

    [Fact]
    public async Task A_level_asks_for_its_keys_in_header_or_query()
    {
        (string? Key, int Expected)[] cases =
        [
            (null, 401),
            ("wrong", 401),
            (Run.Host.FunctionKey("Item"), 401),
            (Run.Host.FunctionKey("Keyed"), 200),
            (Run.Host.HostKey, 200),
            (Run.Host.MasterKey, 200),
        ];
        foreach (var (key, expected) in cases)
        {
            using var inHeader = new HttpRequestMessage(HttpMethod.Get, "/keyed");
            if (key is not null)
            {
                inHeader.Headers.Add("x-functions-key", key);
            }

            using var byHeader = await Run.Client.SendAsync(inHeader, Cancellation);
            using var byQuery = await Run.Client.GetAsync($"/keyed?code={key}", Cancellation);
            Assert.Equal((expected, expected), ((int)byHeader.StatusCode, (int)byQuery.StatusCode));
        }
    }

    [Theory]
    [InlineData("Tick", "master", "{}", 202)]
    [InlineData("tick", "master", "{}", 202)]
    [InlineData("Tick", "master", "", 400)]
    [InlineData("Tick", "master", "[]", 400)]
    [InlineData("Tick", "host", "{}", 403)]
    [InlineData("Tick", "", "{}", 401)]
    [InlineData("Nothing", "master", "{}", 404)]
    public async Task The_admin_endpoint_starts_functions_for_the_master_key_only(string function, string key, string body, int expected)
    {
        var shown = key switch
        {
            "master" => Run.Host.MasterKey,
            "host" => Run.Host.HostKey,
            _ => "",
        };
        var before = Run.Trace.Invocations("Tick").Count;
        using var answer = await Run.Client.PostAsync(
            $"/admin/functions/{function}?code={shown}",
            new StringContent(body, Encoding.UTF8, "application/json"),
            Cancellation
        );
        Assert.Equal(expected, (int)answer.StatusCode);
        if (expected == 202)
        {
            await Run.Trace.WaitAsync("InvocationRequest", "Tick", before + 1);
        }

        if (expected == 401)
        {
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task A_queue_function_gets_the_input_of_the_admin_call()
    {
        using var answer = await Run.Client.PostAsync(
            $"/admin/functions/Take?code={Run.Host.MasterKey}",
            new StringContent("""{"input":"by hand"}""", Encoding.UTF8, "application/json"),
            Cancellation
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Run.SaysAsync("take by hand");
    }

    [Fact]
    public async Task Until_it_is_disabled_the_homepage_stands_at_the_root_and_the_prefix_before_every_route()
    {
        await using var run = await HostRun.StartAsync(
            Run.ConnectionString,
            AppFolder.HostJson.Replace("\"routePrefix\":\"\"", "\"routePrefix\":\"api\"", StringComparison.Ordinal),
            new() { ["AzureWebJobsDisableHomepage"] = "false", ["AzureWebJobs.Files.Disabled"] = "1" }
        );
        Assert.Contains("up and running", await run.Client.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        foreach (var (path, expected) in new[] { ("/items/1", 404), ("/api/items/1", 200), ("/api/files/1", 404) })
        {
            using var answer = await run.Client.GetAsync(path, Cancellation);
            Assert.Equal(expected, (int)answer.StatusCode);
        }

        Assert.True(run.Host.Functions.Single(function => function.Name == "Files").Disabled);
        Assert.Equal(
            ["Echo", "Fail", "FailPoison", "Item"],
            run.Trace.Of("FunctionLoadRequest").Take(4).Select(line => (string?)line.Data!["function_load_request"]!["metadata"]!["name"])
        );
    }
}
