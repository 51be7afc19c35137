using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Wire;

/// <summary>Nothing outside speaks as the host, and no spelling of a path starts another function than the one it names (T27).</summary>
public sealed partial class RouteTests(RunningApp app)
{
    /// <summary>What a caller may put in the place of a parameter in order to come out elsewhere.</summary>
    private static readonly string[] Steps =
    [
        "..%5c{0}",
        "..%5C{0}",
        "..\\{0}",
        "%2e%2e%5c{0}",
        "a%5c..%5c..%5c{0}",
        "..%5c{0}%23x",
        "..%5c{0}%3fx",
        "..%2f{0}",
        "..%252f{0}",
        "..%255c{0}",
        "%2e%2e%252f{0}",
        "..%c0%af{0}",
        "..%EF%BC%BC{0}",
        "..%5c%5c{0}",
        "../{0}",
        "%2e%2e/{0}",
        "%252e%252e/{0}",
        "..%5c..%5c{0}%23/..",
        ".",
        "..",
        "...",
        "%2e",
        "%2e%2e%2e",
        "a%0a",
        "a%00",
        "a%20b",
        "a%25",
        "%5c",
        "{0}%0d%0a",
        "~%7c",
        "ä",
        "%c3%a4",
        ";{0}",
    ];

    public static TheoryData<string> WithParameter =>
        [.. BuiltFunction.All.Where(f => f.IsHttp && f.Route.Contains('{', StringComparison.Ordinal)).Select(f => f.Name)];

    public static TheoryData<string> NotHttp => [.. BuiltFunction.All.Where(f => !f.IsHttp).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(WithParameter))]
    public async Task A_parameter_takes_nothing_that_could_become_another_path(string name)
    {
        var function = BuiltFunction.All.Single(f => f.Name == name);
        foreach (var step in Steps)
        {
            foreach (var target in new[] { "RotateKey", "healthz", "KeepPoisoned" })
            {
                var path = Parameter().Replace(function.Route, _ => string.Format(null, step, target));
                var status = await RawStatusAsync(function.Method, "/" + path);

                // A path that is folded before it is routed names another HTTP function, or the root, and gets the answer of that.
                var folded = step.Contains("../", StringComparison.Ordinal) || step is "." or ".." or "%2e" or "%2e%2e/{0}";
                Assert.True(
                    status is >= 400 and < 500 || (folded && status == 204) || (folded && target == "healthz" && status == 200),
                    $"{function.Method} /{path}: {status}"
                );
            }
        }
    }

    /// <summary>A host that decodes, turns backslashes or folds dots before or after it matches the route finds no parameter that leads
    /// elsewhere either.</summary>
    [Fact]
    public void A_parameter_is_the_same_text_in_each_form_that_a_host_may_give_it()
    {
        foreach (var step in Steps.Select(s => string.Format(null, s, "RotateKey")))
        {
            foreach (var form in new[] { step, Uri.UnescapeDataString(step), Uri.UnescapeDataString(Uri.UnescapeDataString(step)) })
            {
                var folded = new Uri($"http://host/departures/{form.Replace('\\', '/')}").AbsolutePath;
                foreach (
                    var route in BuiltFunction
                        .All.Where(f => f.IsHttp && f.Route.Contains('{', StringComparison.Ordinal))
                        .Select(f => f.Route)
                )
                {
                    var taken = Regex.IsMatch(
                        form,
                        Alphabet().Match(route).Groups["regex"].Value,
                        RegexOptions.None,
                        TimeSpan.FromSeconds(1)
                    );
                    Assert.True(
                        !taken || folded == $"/departures/{form}",
                        $"{route} takes '{form}', which another host may read as {folded}"
                    );
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(NotHttp))]
    public async Task A_function_that_is_not_http_has_no_path(string name)
    {
        foreach (
            var path in new[]
            {
                name,
                name.ToLowerInvariant(),
                $"{name}/",
                $"/{name}",
                $"./{name}",
                $"api/{name}",
                $"healthz/../{name}",
                $"healthz/%2e%2e/{name}",
                $"departures/..%5c{name}",
                $"admin/functions/{name}",
                $"runtime/webhooks/eventgrid?functionName={name}",
                $"runtime/webhooks/queue?functionName={name}",
            }
        )
        {
            foreach (var method in new[] { HttpMethod.Post, HttpMethod.Get, HttpMethod.Put })
            {
                var status = await RawStatusAsync(method, "/" + path);
                Assert.True(status is >= 400 and < 500, $"{method} /{path}: {status}");
            }
        }
    }

    /// <summary>
    /// The host answers for methods that no function of an address lists, and for addresses that are not there, before it asks the app:
    /// the caller's role plays no part, so it is never 403.
    /// </summary>
    [Fact]
    public async Task A_method_or_a_collection_that_is_not_there_is_not_found_for_every_role()
    {
        HttpMethod[] methods = [HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];
        var there = BuiltFunction.All.Where(f => f.IsHttp).ToLookup(f => "/" + Parameter().Replace(f.Route, "x"), f => f.Method);
        var missing = there
            .SelectMany(path => methods.Except(path).Select(method => (method, path.Key)))
            .Concat(
                new[] { "/departure", "/rotation", "/tokens", "/tokens/x", "/keys/x", "/ledger/x", "/api/departures" }.Select(p =>
                    (HttpMethod.Get, p)
                )
            );
        foreach (var (method, path) in missing)
        {
            foreach (var role in new[] { null, "Operator", "Approver", "Reader", "Gateway", "DepartureReporter" })
            {
                using var reply = await app.Rekey.SendAsync(method, path, role, cancellationToken: Cancel);
                Assert.True(reply.StatusCode is HttpStatusCode.NotFound, $"{role} {method} {path}: {reply.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task A_request_at_the_workers_port_without_an_invocation_runs_nothing()
    {
        foreach (var function in BuiltFunction.All)
        {
            var path = function.IsHttp ? Parameter().Replace(function.Route, "shop") : function.Name;
            using var reply = await ToWorkerAsync(function.IsHttp ? function.Method : HttpMethod.Post, path, invocation: null);
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
            Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
            Assert.Contains("no-invocation", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_made_up_invocation_runs_nothing_and_reads_nothing()
    {
        // The worker waits five seconds for the host's invocation. The body never comes: a reader would still wait for it.
        var id = Guid.NewGuid().ToString();
        var head =
            "POST /departures HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + $"100\r\nx-ms-invocation-id: {id}\r\nConnection: close\r\n\r\n";
        Assert.Equal(404, await RawStatusAsync(app.World.Host.WorkerAddress, head));
        using var again = await ToWorkerAsync(HttpMethod.Post, "departures", id);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task An_invocation_of_one_function_with_a_request_for_another_is_refused()
    {
        // Healthz is open to everybody; with it somebody tries to reach what is not.
        foreach (
            var (started, method, path) in new[]
            {
                ("Healthz", HttpMethod.Get, "trust-list"),
                ("Healthz", HttpMethod.Get, "findings"),
                ("Healthz", HttpMethod.Post, "departures"),
                ("GetJwks", HttpMethod.Get, "findings/x"),
                ("ListFindings", HttpMethod.Get, "healthz"),
                ("GetFinding", HttpMethod.Get, "departures/x"),
            }
        )
        {
            var id = Guid.NewGuid().ToString();
            var invocation = app.World.Host.StartInvocationAsync(started, id, Cancel);
            using var reply = await ToWorkerAsync(method, path, id, app.World.TokenFor("Operator"));
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
            Assert.Contains("another-function", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            await invocation;
        }
    }

    [Fact]
    public async Task A_second_request_with_an_id_that_is_paired_is_refused()
    {
        var id = Guid.NewGuid().ToString();
        var invocation = app.World.Host.StartInvocationAsync("Healthz", id, Cancel);
        using var first = await ToWorkerAsync(HttpMethod.Get, "healthz", id);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.True((await invocation).Succeeded);
        using var second = await ToWorkerAsync(HttpMethod.Get, "healthz", id);
        Assert.Equal(HttpStatusCode.NotFound, second.StatusCode);
    }

    [Fact]
    public async Task Of_two_requests_with_one_id_at_the_same_time_one_is_refused()
    {
        var id = Guid.NewGuid().ToString();
        Task<HttpResponseMessage>[] both = [ToWorkerAsync(HttpMethod.Get, "healthz", id), ToWorkerAsync(HttpMethod.Get, "healthz", id)];
        var first = await Task.WhenAny(both);
        using var refused = await first;
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        // The other one waits for the host still, and is served.
        var invocation = app.World.Host.StartInvocationAsync("Healthz", id, Cancel);
        using var served = await both.Single(request => request != first);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.True((await invocation).Succeeded);
    }

    [Fact]
    public async Task An_id_of_the_callers_own_starts_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.World.HostAddress, "healthz"));
        request.Headers.Add("x-ms-invocation-id", Guid.NewGuid().ToString());
        using var reply = await app.World.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, reply.StatusCode);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GeneratedRegex(@":regex\((?<regex>.*)\)\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Alphabet();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    private async Task<HttpResponseMessage> ToWorkerAsync(HttpMethod method, string path, string? invocation, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.World.Host.WorkerAddress, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (invocation is not null)
        {
            request.Headers.Add("x-ms-invocation-id", invocation);
        }

        return await app.World.Http.SendAsync(request, Cancel);
    }

    /// <summary>The status of a request whose path is sent as it is written: HttpClient would fold and escape it.</summary>
    private Task<int> RawStatusAsync(HttpMethod method, string path) =>
        RawStatusAsync(
            app.World.HostAddress,
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                + "2\r\nConnection: close\r\n\r\n{}"
        );

    private static async Task<int> RawStatusAsync(Uri address, string request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync(limit.Token);
        return line?.Split(' ') is [_, var status, ..] ? int.Parse(status) : throw new IOException($"No answer to {request}");
    }
}
