using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Routing.Template;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Security;

/// <summary>Who may call what, over all routes.</summary>
public sealed class EndpointAccessTests(RunningApp app)
{
    private static readonly string[] Roles = ["Gateway", "DepartureReporter", "Operator", "Approver", "Reader"];

    /// <summary>Every address with the roles that open it.</summary>
    private static readonly (string Function, HttpMethod Method, string Path, string[] May)[] Doors =
    [
        ("ReportDeparture", HttpMethod.Post, "departures", ["DepartureReporter", "Operator"]),
        ("ReportWorkflowLeaver", HttpMethod.Post, "workflows/leavers", ["DepartureReporter"]),
        ("ListDepartures", HttpMethod.Get, "departures", ["Operator", "Approver", "Reader"]),
        ("ListRotations", HttpMethod.Get, "rotations", ["Operator", "Approver", "Reader"]),
        ("GetRotation", HttpMethod.Get, "rotations/none", ["Operator", "Approver", "Reader"]),
        ("ListLedgerLines", HttpMethod.Get, "ledger/lines", ["Operator", "Approver", "Reader"]),
        ("FindToken", HttpMethod.Post, "tokens/find", ["Operator"]),
        ("GetDeparture", HttpMethod.Get, "departures/none", ["Operator", "Approver", "Reader"]),
        ("ListDecisions", HttpMethod.Get, "decisions", ["Operator", "Approver", "Reader"]),
        ("GetDecision", HttpMethod.Get, "decisions/none", ["Operator", "Approver", "Reader"]),
        ("AnswerDecision", HttpMethod.Post, "decisions/none", ["Approver"]),
        ("GetTrustList", HttpMethod.Get, "trust-list", ["Gateway", "Operator", "Reader"]),
        ("Introspect", HttpMethod.Post, "introspect", ["Gateway"]),
        ("GetBlocklist", HttpMethod.Get, "blocklist", ["Gateway", "Operator", "Reader"]),
        ("ListBlocks", HttpMethod.Get, "blocks", ["Operator", "Approver", "Reader"]),
        ("GetBlock", HttpMethod.Get, "blocks/none", ["Operator", "Approver", "Reader"]),
        ("ProposeBlock", HttpMethod.Post, "blocks", ["Operator"]),
        ("ProposeUnblock", HttpMethod.Delete, "blocks/none", ["Operator"]),
        ("GetLedger", HttpMethod.Get, "ledger", ["Operator", "Approver", "Reader"]),
        ("GetLedgerSegment", HttpMethod.Get, "ledger/segments/1", ["Operator", "Approver", "Reader"]),
        ("ListCheckpoints", HttpMethod.Get, "ledger/checkpoints", ["Operator", "Approver", "Reader"]),
        ("CancelRotation", HttpMethod.Post, "rotations/none/cancel", ["Approver"]),
        ("Stop", HttpMethod.Post, "stop", ["Operator"]),
        ("Start", HttpMethod.Post, "start", ["Approver"]),
        ("AcceptLedger", HttpMethod.Post, "ledger/accept", ["Approver"]),
        ("GetExposure", HttpMethod.Get, "exposure", ["Operator"]),
        ("ListKeys", HttpMethod.Get, "keys", ["Operator", "Approver", "Reader"]),
        ("ListFindings", HttpMethod.Get, "findings", ["Operator", "Approver", "Reader"]),
        ("GetFinding", HttpMethod.Get, "findings/none", ["Operator", "Approver", "Reader"]),
        ("AcknowledgeFinding", HttpMethod.Post, "findings/none/acknowledge", ["Operator"]),
        ("Doctor", HttpMethod.Get, "doctor", ["Operator"]),
        ("GetSweeps", HttpMethod.Get, "sweeps", ["Operator", "Approver", "Reader"]),
        ("RequestSweep", HttpMethod.Post, "sweeps", ["Operator"]),
        ("MakeStatusList", HttpMethod.Post, "issuers/shop/status-list", ["Gateway"]),
    ];

    private static readonly string[] Open = ["GetJwks", "GetOpenApi", "Healthz", "SecurityEvent"];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Doors.Length)];

    /// <summary>Nothing is left out, and each door leads to the function that it is said to lead to.</summary>
    [Fact]
    public void Every_http_function_of_the_app_is_either_open_on_purpose_or_tried_here()
    {
        Assert.Equal(
            BuiltFunction.All.Where(f => f.IsHttp).Select(f => f.Name).Order(),
            Doors.Select(d => d.Function).Concat(Open).Order()
        );
        foreach (var (name, method, path, _) in Doors)
        {
            var function = BuiltFunction.All.Single(f => f.Name == name);
            Assert.Equal(function.Method, method);
            Assert.True(new TemplateMatcher(TemplateParser.Parse(function.Route), []).TryMatch("/" + path, []), $"{path} is not of {name}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Only_a_validated_token_with_the_role_opens_it(int door)
    {
        var (_, method, path, may) = Doors[door];
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(method, path, token: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(method, path, "nonsense"));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await StatusAsync(method, path, app.World.Identity.Mint(Guid.NewGuid().ToString(), "api://another", may))
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await StatusAsync(method, path, app.World.Identity.Mint(Guid.NewGuid().ToString(), "api://rekey", may, TimeSpan.FromHours(-1)))
        );
        var good = app.World.TokenFor(may[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(method, path, good[..^4] + (good[^4] == 'A' ? 'B' : 'A') + good[^3..]));
        foreach (var role in Roles)
        {
            var status = await StatusAsync(method, path, app.World.TokenFor(role));
            // Of those who may, the function itself says what is wrong with the request.
            var isLetIn = status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
            Assert.True(may.Contains(role) == isLetIn && (int)status < 500, $"{role} {method} {path}: {status}");
        }

        await app.StartAgainAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_gateway_key_opens_the_gateways_doors_and_no_other()
    {
        Assert.Equal(HttpStatusCode.OK, await KeyedAsync("trust-list", RunningApp.GatewayKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await KeyedAsync("trust-list", RunningApp.GatewayKey + "x"));
        Assert.Equal(HttpStatusCode.Forbidden, await KeyedAsync("decisions", RunningApp.GatewayKey));
    }

    [Fact]
    public async Task Keys_and_health_are_open_and_show_no_windows_and_no_bars()
    {
        using var jwks = await app.World.Http.GetAsync(app.World.JwksAddress(app.World.Keys[0]), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, jwks.StatusCode);
        var text = await jwks.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("trusted", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("bar", text, StringComparison.OrdinalIgnoreCase);
        using var again = new HttpRequestMessage(HttpMethod.Get, app.World.JwksAddress(app.World.Keys[0]));
        again.Headers.IfNoneMatch.Add(jwks.Headers.ETag!);
        using var same = await app.World.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "healthz", token: null));
    }

    private async Task<HttpStatusCode> KeyedAsync(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.World.HostAddress, path));
        request.Headers.Add("X-Rekey-Key", key);
        using var reply = await app.World.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.World.HostAddress, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL", "eyJyb2xlcyI6WyJPcGVyYXRvciJdfQ==");
        request.Content = method == HttpMethod.Post ? JsonContent.Create(new { }) : null;
        using var reply = await app.World.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }
}
