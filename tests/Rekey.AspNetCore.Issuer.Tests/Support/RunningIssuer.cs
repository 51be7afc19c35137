using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Rekey.AspNetCore.Issuer.Tests.Sample;

namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>The sample issuer on Kestrel, in the tests' process.</summary>
internal sealed class RunningIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private bool _isOver;

    private RunningIssuer(WebApplication app) => _app = app;

    public RekeyIssuer Rekey => _app.Services.GetRequiredService<RekeyIssuer>();

    public Uri Address => new(_app.Urls.Single());

    public static async Task<RunningIssuer> StartAsync(string[] arguments, Action<IssuerOptions>? configure, TimeProvider? timeProvider)
    {
        var app = SampleServer.Build(arguments, configure, builder =>
        {
            builder.Logging.ClearProviders();
            if (timeProvider is not null)
            {
                builder.Services.AddSingleton(timeProvider);
            }
        });
        try
        {
            await app.StartAsync();
            return new(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a token as a client does; null when the issuer mints none.</summary>
    public Task<string?> TokenAsync() => TokenAsync(_http, Address);

    public static async Task<string?> TokenAsync(HttpClient http, Uri address)
    {
        using var form = new FormUrlEncodedContent([
            new("grant_type", "client_credentials"),
            new("client_id", SampleServer.Client),
            new("client_secret", SampleServer.Secret),
        ]);
        using var reply = await http.PostAsync(new Uri(address, "token"), form);
        return reply.IsSuccessStatusCode
            ? (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()
            : null;
    }

    /// <summary>Claims of a token of this issuer.</summary>
    public static JsonObject Claims(string jti = "1", string? issuer = null) =>
        new()
        {
            ["iss"] = issuer ?? IssuerWorld.Issuer,
            ["sub"] = "customer-1",
            ["aud"] = SampleServer.Audience,
            ["jti"] = jti,
            ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["exp"] = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds(),
        };

    /// <summary>Mints a token, and gives the reason when none is minted.</summary>
    public async Task<string?> RefusalAsync(JsonObject? claims = null)
    {
        try
        {
            await Rekey.MintAsync(claims ?? Claims());
            return null;
        }
        catch (IssuanceRefusedException e)
        {
            return e.Reason;
        }
    }

    public async Task PullAsync() => await Rekey.PullAsync(TestContext.Current.CancellationToken);

    public async Task<HealthReportEntry> HealthAsync() =>
        (await _app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[IssuerServices.HealthCheck];

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
