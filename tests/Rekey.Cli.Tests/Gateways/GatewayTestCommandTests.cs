using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore;
using Rekey.Cli.Gateways;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Gateways;

/// <summary><c>rekey gateway test</c> against gateways on Kestrel: a good one, a plain one and careless ones.</summary>
public sealed class GatewayTestCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gateway_with_the_package_refuses_all_of_it()
    {
        var (run, cases) = await TestAsync(
            (builder, file, _) =>
            {
                builder.Configuration.AddJsonFile(file);
                builder.Services.AddRekeyGateway(builder.Configuration.GetSection("Rekey"), o =>
                    (o.Folder, o.PullEvery) = (_folder["gateway"], TimeSpan.FromMilliseconds(200))
                );
            }
        );
        run.Ended(0);
        Assert.All(cases, c => Assert.Equal("ok", c.Value.State));
        Assert.Equal(Expected.Order(StringComparer.Ordinal), cases.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("refuses all of it", run.Error, StringComparison.Ordinal);
    }

    /// <summary>What docs/gateways/plain-oidc.md says.</summary>
    [Fact]
    public async Task A_plain_validator_lets_in_what_a_key_set_cannot_say()
    {
        var (run, cases) = await TestAsync(
            (builder, _, issuer) =>
                builder
                    .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
                    .AddJwtBearer(o =>
                        (o.Authority, o.Audience, o.RequireHttpsMetadata) = (issuer.AbsoluteUri, "api://gateway-test", false)
                    )
        );
        run.Ended(2);
        Assert.Equal(
            [
                "before-the-window",
                "block-arrives",
                "blocked-by-hash",
                "blocked-by-jti",
                "blocked-by-kid",
                "blocked-by-subject",
                "crit",
                "iat-in-the-future",
                "id-token",
                "issued-after-the-key-stopped",
                "lives-too-long",
                "revocation-arrives",
                "wrong-alg",
            ],
            Names(cases, "letIn")
        );
        Assert.Equal(["invalid-token"], Names(cases, "tells"));
        Assert.Equal(["old-blocklist", "old-trust-list"], Names(cases, "notTried"));
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "gateways", "plain-oidc.md"), Cancel);
        Assert.All(Names(cases, "letIn"), n => Assert.Contains($"`{n}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_only_reads_tokens_lets_everything_in_and_one_that_fails_is_no_good_one()
    {
        var (run, cases) = await TestAsync(map: app =>
            app.Run(async context =>
            {
                var token = context.Request.Headers.Authorization.ToString();
                context.Response.StatusCode =
                    token.Length == 0 ? 401
                    : token.Split('.') is not [_, _, { Length: > 0 }] ? 403
                    : token.Length > 1000 ? 500
                    : 200;
                await context.Response.WriteAsync($"a token of {token.Length / 100 * 100} characters");
            })
        );
        run.Ended(2);
        Assert.Subset(
            Names(cases, "letIn").ToHashSet(StringComparer.Ordinal),
            new HashSet<string>(["expired", "hs256-pem", "unknown-kid", "wrong-signature", "altered-claims"], StringComparer.Ordinal)
        );
        Assert.Equal(["invalid-token"], Names(cases, "tells"));
        Assert.Equal("ok", cases["no-token"].State);
        Assert.Equal("ok", cases["alg-none"].State);
        Assert.Contains("let in", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_says_why_and_follows_addresses_tells_too_much()
    {
        using var http = new HttpClient();
        var (run, cases) = await TestAsync(map: app =>
            app.Run(async context =>
            {
                var token = context.Request.Headers.Authorization.ToString();
                if (token.Split('.') is [var header, _, _] && CraftedToken.Read(token["Bearer ".Length..]) is var (read, claims))
                {
                    if (read["jku"] is { } address)
                    {
                        await http.GetStringAsync(new Uri(address.ToString()), Cancel);
                    }

                    if (claims["jti"]?.ToString().StartsWith("honest", StringComparison.Ordinal) == true && read.Count == 3)
                    {
                        return;
                    }
                }

                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\", error_description=\"because\"";
                await context.Response.WriteAsync(token.Length % 2 == 0 ? "even" : "odd");
            })
        );
        run.Ended(2);
        Assert.Contains("follows-addresses", Names(cases, "letIn"));
        Assert.Equal(["invalid-token", "refusals-alike"], Names(cases, "tells"));
    }

    [Fact]
    public async Task Given_tokens_are_sent_and_those_that_need_no_key_are_made_of_them()
    {
        using var key = new ThrowawayKey();
        var header = ThrowawayIssuer.Header(key).ToJsonString();
        var honest = key.Token(header, """{"sub":"s","jti":"honest"}""");
        var bad = key.Token(header, """{"sub":"s","jti":"bad"}""");
        var file = _folder.Write(
            "tokens.ndjson",
            $$"""
            {"name":"mine","token":"{{honest}}","accept":true}

            {"name":"last week's","token":"{{bad}}"}
            """
        );
        await using var gateway = await StartAsync(FreeAddress(), map: app => app.Run(context =>
            {
                var isIn =
                    context.Request.Headers.Authorization == $"Bearer {honest}" || context.Request.Headers.Authorization == $"Bearer {bad}";
                context.Response.StatusCode = isIn ? 204 : 401;
                context.Response.Headers.WWWAuthenticate = isIn ? default : "Bearer error=\"invalid_token\"";
                return Task.CompletedTask;
            }));
        var run = await Tool.RunAsync("gateway", "test", gateway.Urls.Single(), "--tokens", file, "--output", "json");
        var cases = Cases(run.Ended(2));
        Assert.Equal(["last week's"], Names(cases, "letIn"));
        Assert.Equal("ok", cases["mine"].State);
        Assert.Equal("ok", cases["jwk-header-kid"].State);
        Assert.DoesNotContain(honest, run.Output + run.Error, StringComparison.Ordinal);

        var table = await Tool.RunAsync("gateway", "test", gateway.Urls.Single(), "--tokens", file);
        Assert.Matches("last week's +LET IN", table.Ended(2).Output);
    }

    [Theory]
    [InlineData("""{"name":"mine","token":"a.b.c"}""", "no honest token")]
    [InlineData("""{"name":"mine"}""", "line 1 is no token")]
    [InlineData("eyJ", "line 1 is no token")]
    public async Task Tokens_that_cannot_be_used_are_an_error_that_shows_the_form(string line, string expected)
    {
        var run = (await Tool.RunAsync("gateway", "test", "http://127.0.0.1:1/", "--tokens", _folder.Write("t.ndjson", line))).Ended(1);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains("\"accept\":true", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_lets_nothing_in_cannot_be_tested()
    {
        var run = await Tool.RunAsync("gateway", "test", "http://127.0.0.1:1/", "--wait", "0.1s", "--listen", FreeAddress());
        Assert.Contains("no honest token", run.Ended(1).Error, StringComparison.Ordinal);
        Assert.Contains("--settings", run.Error, StringComparison.Ordinal);
        run = await Tool.RunAsync("gateway", "test", "orders", "--listen", "https://127.0.0.1:1");
        Assert.Contains("'orders' is not an http or https address", run.Ended(1).Error, StringComparison.Ordinal);
        Assert.Contains("'https://127.0.0.1:1' is not an http address", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Every case that there is: one that is lost is a hole in the test.</summary>
    private static IEnumerable<string> Expected =>
        """
            no-token not-a-token alg-none alg-none-spelled no-signature altered-claims wrong-signature unknown-kid jwk-header jwk-header-kid
            jku-header x5u-header hs256-pem hs256-jwk wrong-alg other-issuers-kid wrong-issuer wrong-audience no-audience id-token crit
            expired no-exp nbf-in-the-future iat-in-the-future lives-too-long jti-as-a-number sub-as-a-list exp-as-a-text iat-as-a-text
            before-the-window after-the-window issued-after-the-key-stopped blocked-by-jti blocked-by-hash blocked-by-subject
            blocked-by-kid block-arrives revocation-arrives old-blocklist old-trust-list honest invalid-token refusals-alike
            """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts the test, and then the gateway with the settings that it writes.</summary>
    private async Task<(ToolRun Run, Dictionary<string, (string State, string Says)> Cases)> TestAsync(
        Action<WebApplicationBuilder, string, Uri>? services = null,
        Action<WebApplication>? map = null
    )
    {
        var (gateway, listen, file) = (FreeAddress(), FreeAddress(), _folder["settings.json"]);
        var running = Tool.RunAsync(
            "gateway",
            "test",
            $"{gateway}/records",
            "--listen",
            listen,
            "--settings",
            file,
            "--output",
            "json",
            "--pull-wait",
            "20s"
        );
        while (!File.Exists(file) && !running.IsCompleted)
        {
            await Task.Delay(20, Cancel);
        }

        if (running.IsCompleted)
        {
            Assert.Fail((await running).Error);
        }

        await using var app = await StartAsync(gateway, builder => services?.Invoke(builder, file, new(listen)), map);
        var run = await running;
        return (run, Cases(run));
    }

    private static async Task<WebApplication> StartAsync(
        string address,
        Action<WebApplicationBuilder>? services = null,
        Action<WebApplication>? map = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        builder.Services.AddAuthorization();
        services?.Invoke(builder);
        var app = builder.Build();
        if (map is null)
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/records", () => "records").RequireAuthorization();
        }
        else
        {
            map(app);
        }

        await app.StartAsync(Cancel);
        return app;
    }

    private static Dictionary<string, (string State, string Says)> Cases(ToolRun run) =>
        JsonElement
            .Parse(run.Output)
            .GetProperty("cases")
            .EnumerateArray()
            .ToDictionary(
                c => c.GetProperty("name").GetString()!,
                c => (c.GetProperty("state").GetString()!, c.GetProperty("says").GetString()!),
                StringComparer.Ordinal
            );

    private static IEnumerable<string> Names(Dictionary<string, (string State, string Says)> cases, string state) =>
        cases.Where(c => c.Value.State == state).Select(c => c.Key).Order(StringComparer.Ordinal);

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
