using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Rekey.Functions.Tests;

/// <summary>Nobody outside speaks as the host (T27).</summary>
public sealed class RouteTests(RunningApp app)
{
    private const string Forged = """{"Data":{"message":"{\"key\":\"x/y\"}","timer":{},"event":{}},"Metadata":{}}""";

    public static TheoryData<string> Inner => [.. FunctionFile.All.Where(f => !f.IsHttp).Select(f => f.Name)];

    [Fact]
    public void No_http_route_can_match_the_path_of_a_function_that_is_not_http()
    {
        var http = FunctionFile.All.Where(f => f.IsHttp).ToList();
        Assert.True(http.Count >= 6 && FunctionFile.All.Count > http.Count);
        foreach (var function in http)
        {
            Assert.True(function is { AuthLevel: "anonymous", Bindings: 2, Route: not null }, $"{function.Name} must be forwarded: one httpTrigger in, one http out, a route of its own");
            var matcher = new TemplateMatcher(TemplateParser.Parse(function.Route), []);
            foreach (var inner in FunctionFile.All.Where(f => !f.IsHttp))
            {
                foreach (var path in new[] { $"/{inner.Name}", $"/{inner.Name.ToLowerInvariant()}", $"/{inner.Name}/", $"/api/{inner.Name}" })
                {
                    Assert.False(matcher.TryMatch(new PathString(path), new RouteValueDictionary()), $"{function.Route} matches {path}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Inner))]
    public async Task A_forged_envelope_from_outside_is_refused_on_every_path(string function)
    {
        foreach (var path in new[] { $"/{function}", $"//{function}", $"/{function}/", $"/{function.ToLowerInvariant()}", $"/healthz/../{function}", $"/healthz/%2e%2e/{function}", $"/api/{function}", $"/departures/%2e%2e/{function}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{app.World.HostAddress.GetLeftPart(UriPartial.Authority)}{path}");
            request.Content = new StringContent(Forged, Encoding.UTF8, "application/json");
            request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
            using var reply = await app.World.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.False(reply.IsSuccessStatusCode, $"POST {path} gave {reply.StatusCode}");
        }
    }

    [Theory]
    [MemberData(nameof(Inner))]
    public async Task No_invocation_is_answered_with_an_empty_success(string function)
    {
        // The host's own call, with a value that nobody can use: a dead letter or a deed, and {} either way.
        using var content = new StringContent("""{"Data":{"message":"\"\\\"nonsense\\\"\"","timer":{},"event":[]},"Metadata":{}}""", Encoding.UTF8, "application/json");
        using var reply = await app.World.Http.PostAsync(new Uri(app.World.Host.HandlerAddress, function), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal("{}", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
