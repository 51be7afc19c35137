using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore;

namespace Rekey.Benchmarks.Gateways;

/// <summary>A gateway on Kestrel that pulls published lists, and the same gateway with JwtBearer alone.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    public const string Issuer = "https://login.example";

    private const string Audience = "shop";

    private static readonly BenchmarkSigner Minter = new();

    private readonly WebApplication _app;
    private readonly string? _folder;

    private GatewayUnderTest(WebApplication app, string? folder) => (_app, _folder) = (app, folder);

    public Uri Address => new(_app.Urls.Single());

    public IServiceProvider Services => _app.Services;

    /// <summary>What a plain verifier checks.</summary>
    public static TokenValidationParameters Plain { get; } =
        new()
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            ValidAlgorithms = ["ES256"],
            ValidTypes = ["at+jwt"],
            IssuerSigningKey = new ECDsaSecurityKey(Minter.Key) { KeyId = Minter.Public.Thumbprint },
        };

    /// <summary>Honest tokens, all different.</summary>
    /// <param name="jtis">The jti of each; null makes some up.</param>
    public static List<string> Tokens(int count, Func<int, string>? jtis = null)
    {
        static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        var (now, kid) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Minter.Public.Thumbprint);
        var header = Part($$"""{"alg":"ES256","kid":"{{kid}}","typ":"at+jwt"}""");
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(n =>
                {
                    var jti = jtis?.Invoke(n) ?? Guid.NewGuid().ToString();
                    var claims = $$"""
                        {"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"customer-{{n}}","client_id":"app","jti":"{{jti}}",
                        "iat":{{now}},"exp":{{now + 3000}},"scope":"orders.read orders.write"}
                        """.ReplaceLineEndings("");
                    var input = $"{header}.{Part(claims)}";
                    return $"{input}.{Base64Url.EncodeToString(Minter.Sign(Encoding.ASCII.GetBytes(input)))}";
                }),
        ];
    }

    /// <summary>Lists with the key of the tokens, and so many blocked tokens.</summary>
    public static Task<PublishedLists> ListsAsync(int blocked, CancellationToken cancellationToken) =>
        PublishedLists.StartAsync(Minter.Public, Issuer, Audience, blocked, cancellationToken);

    /// <summary>The package.</summary>
    /// <param name="pullEvery">Null: never again during the measurement.</param>
    public static async Task<GatewayUnderTest> WithRekeyAsync(
        PublishedLists lists,
        int remembered,
        CancellationToken cancellationToken,
        TimeSpan? pullEvery = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("rekey-gateway-bench-").FullName;
        var builder = Builder();
        builder.Services.AddRekeyGateway(options =>
        {
            options.Address = lists.Address;
            options.Environment = PublishedLists.Environment;
            options.DocumentKey = lists.DocumentKey;
            options.Folder = folder;
            options.PullEvery = pullEvery ?? TimeSpan.FromMinutes(30);
            options.ReportStaleAfter = TimeSpan.FromHours(1);
            options.RememberedTokens = remembered;
        });
        return new(await StartAsync(builder, cancellationToken), folder);
    }

    /// <summary>JwtBearer alone, with the key in its settings.</summary>
    public static async Task<GatewayUnderTest> PlainAsync(CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(options => options.TokenValidationParameters = Plain);
        return new(await StartAsync(builder, cancellationToken), folder: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.AddServerHeader = false);
        return builder;
    }

    private static async Task<WebApplication> StartAsync(WebApplicationBuilder builder, CancellationToken cancellationToken)
    {
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", () => Results.Text("ok")).RequireAuthorization();
        await app.StartAsync(cancellationToken);
        return app;
    }
}
