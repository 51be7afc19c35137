using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.AccessLogs;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Tests.Support;

/// <summary>A gateway on Kestrel: <c>/records</c> needs a token and answers with its subject, <c>/health</c> is the health
/// endpoint.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private bool _isOver;

    private GatewayHost(WebApplication app)
    {
        _app = app;
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    public CapturedRows Rows => _app.Services.GetRequiredService<CapturedRows>();

    public required LogLines Lines { get; init; }

    public RekeyGateway Gateway => _app.Services.GetRequiredService<RekeyGateway>();

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts a gateway.</summary>
    /// <param name="configure">Settings that differ from those of the tests.</param>
    /// <param name="services">Services and schemes to add.</param>
    /// <param name="map">Endpoints to add.</param>
    public static async Task<GatewayHost> StartAsync(
        Uri rekey,
        PublicJwk documentKey,
        TimeProvider timeProvider,
        string folder,
        Action<GatewayOptions>? configure = null,
        Action<WebApplicationBuilder>? services = null,
        Action<WebApplication>? map = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        var lines = new LogLines();
        builder.Logging.ClearProviders().AddProvider(lines).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(timeProvider);
        builder.Services.AddSingleton<CapturedRows>();
        builder.Services.AddSingleton<IGatewayLogWriter>(provider => provider.GetRequiredService<CapturedRows>());
        builder.Services.AddAuthorization();
        builder.Services.AddRekeyGateway(options =>
        {
            options.Address = rekey;
            options.Environment = "prod";
            options.DocumentKey = Jwk(documentKey);
            options.Folder = folder;
            options.Name = "gateway-1";
            configure?.Invoke(options);
        });
        services?.Invoke(builder);
        var host = new GatewayHost(builder.Build()) { Lines = lines };
        host._app.UseAuthentication();
        host._app.UseAuthorization();
        host._app.MapGet("/records", (ClaimsPrincipal user) => user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? "")
            .RequireAuthorization();
        host._app.MapHealthChecks("/health");
        map?.Invoke(host._app);
        try
        {
            await host._app.StartAsync();
        }
        catch
        {
            host._isOver = true;
            await host._app.DisposeAsync();
            throw;
        }

        return host;
    }

    public static Dictionary<string, string> Jwk(PublicJwk key) =>
        new(StringComparer.Ordinal)
        {
            ["kty"] = "EC",
            ["crv"] = key.Curve!,
            ["x"] = key.X!,
            ["y"] = key.Y!,
        };

    public async Task<HttpResponseMessage> CallAsync(string? token, string path = "/records")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        request.Headers.UserAgent.ParseAdd("app/1");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Whether the gateway lets a token in.</summary>
    public async Task<bool> AcceptsAsync(string token)
    {
        using var reply = await CallAsync(token);
        Assert.True(
            reply.StatusCode is System.Net.HttpStatusCode.OK or System.Net.HttpStatusCode.Unauthorized,
            $"{reply.StatusCode}: {Lines.All.LastOrDefault(l => l.Level >= LogLevel.Error).Text}"
        );
        return reply.IsSuccessStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
