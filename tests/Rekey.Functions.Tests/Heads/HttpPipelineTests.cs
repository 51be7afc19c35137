using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rekey.Functions.Tests;

/// <summary>
/// Requests that another server brings, as the isolated worker does: it has routed them already, by rules of its own. They get the answers of the custom handler, which runs on the same storage.
/// </summary>
public sealed class HttpPipelineTests(RunningApp app) : IAsyncLifetime
{
    private WebApplication? _worker;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?, string?> Requests => new()
    {
        { "GET", "healthz", null, null },
        { "GET", "trust-list", "Gateway", null },
        { "GET", "trust-list", null, null },
        { "GET", "trust-list", "Reader", null },
        { "GET", "issuers/shop/jwks.json", null, null },
        { "GET", "issuers/nobody/jwks.json", null, null },
        { "GET", "decisions/no-such-decision", "Approver", null },
        { "GET", "findings", "Reader", null },
        { "GET", "departures/no-such-departure", "Reader", null },
        { "POST", "departures", "Operator", "{" },
        { "POST", "departures", "Operator", """{"personId":"bbbbbbbb-1111-4222-8333-cccccccccccc","unknown":1}""" },
        { "POST", "Departures", "Operator", "too-large" },
        { "POST", "departures", "Gateway", "{}" },
        { "POST", "introspect", "Gateway", "{}" },
        { "POST", "RotateKey", null, """{"Data":{"message":"{\"key\":\"x/y\"}"},"Metadata":{}}""" },
    };

    public async ValueTask InitializeAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The settings of the handler that runs already.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(await app.HandlerSettingsAsync(Cancel));
        builder.Logging.ClearProviders();
        builder.Services.AddRekeyApp(Settings.Read(builder.Configuration));
        builder.Services.AddSingleton<HttpPipeline>();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _worker = builder.Build();
        _worker.Map("/{first}/{**rest}", (HttpContext context, HttpPipeline pipeline) => pipeline.RunAsync(context)).AllowAnonymous();
        await _worker.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync(CancellationToken.None);
            await _worker.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_gets_the_same_answer_in_both_heads(string method, string path, string? role, string? body)
    {
        Assert.SkipWhen(_worker is null, "Needs /proc.");
        var (handler, isolated) = (await AnswerAsync(app.World.HostAddress, method, path, role, body), await AnswerAsync(new Uri(_worker.Urls.Single()), method, path, role, body));
        Assert.Equal(handler, isolated);
    }

    /// <summary>Status, kind, and why or what, but for what differs from one moment to the next.</summary>
    private async Task<string> AnswerAsync(Uri address, string method, string path, string? role, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, path));
        request.Headers.Authorization = role is null ? null : new AuthenticationHeaderValue("Bearer", app.World.TokenFor(role));
        request.Content = body is null ? null : new StringContent(body == "too-large" ? new string(' ', 70_000) : body, Encoding.UTF8, "application/json");
        using var reply = await app.World.Http.SendAsync(request, Cancel);
        var text = await reply.Content.ReadAsStringAsync(Cancel);
        if (path == "RotateKey")
        {
            // There the host refuses it, here the app: nobody outside speaks as the host in either.
            return $"refused: {(int)reply.StatusCode is 401 or 404}";
        }

        var members = text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.EnumerateObject().Select(m => m.Name is "reason" or "status" ? $"{m.Name} {m.Value}" : m.Name) : [];
        return $"{(int)reply.StatusCode} {reply.Content.Headers.ContentType} {reply.Headers.CacheControl} {reply.Headers.WwwAuthenticate} {string.Join(", ", members)}";
    }
}
