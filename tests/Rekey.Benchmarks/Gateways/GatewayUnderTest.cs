using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Benchmarks.Gateways;

/// <summary>A gateway on Kestrel that pulls its lists from a server of this process, and the same gateway with JwtBearer alone.</summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    private const string Issuer = "https://login.example";
    private const string Audience = "shop";

    private static readonly BenchmarkSigner Minter = new();

    private readonly WebApplication _app;
    private readonly WebApplication? _lists;
    private readonly string? _folder;

    private GatewayUnderTest(WebApplication app, WebApplication? lists, string? folder) => (_app, _lists, _folder) = (app, lists, folder);

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
    public static List<string> Tokens(int count)
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
                    var claims = $$"""
                        {"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"customer-{{n}}","client_id":"app","jti":"{{Guid.NewGuid()}}",
                        "iat":{{now}},"exp":{{now + 3000}},"scope":"orders.read orders.write"}
                        """.ReplaceLineEndings("");
                    var input = $"{header}.{Part(claims)}";
                    return $"{input}.{Base64Url.EncodeToString(Minter.Sign(Encoding.ASCII.GetBytes(input)))}";
                }),
        ];
    }

    /// <summary>The package, with so many blocked tokens.</summary>
    public static async Task<GatewayUnderTest> WithRekeyAsync(int blocked, int remembered, CancellationToken cancellationToken)
    {
        var (signer, now) = (new BenchmarkSigner(), DateTimeOffset.UtcNow);
        var kid = Minter.Public.Thumbprint;
        var trust = new TrustList(
            "bench",
            1,
            now,
            now.AddHours(12),
            LedgerMark.Empty,
            [
                new(
                    "kv/login",
                    "v1",
                    kid,
                    kid,
                    Minter.Public,
                    "login",
                    Issuer,
                    [Audience],
                    ["ES256"],
                    new(now.AddDays(-1), now.AddDays(-1), IssuedUntil: null, TrustedUntil: null),
                    Current: true
                ),
            ],
            []
        )
        {
            Tokens = TokenRules.Of(new()),
        };
        var blocks = new Blocklist(
            1,
            Enumerable
                .Range(0, blocked)
                .Select(n => new BlockEntry(
                    n % 2 == 0 ? BlockKind.SigningInput : BlockKind.Token,
                    Issuer,
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{n}"))),
                    IssuedBefore: null,
                    now.AddHours(1),
                    "unissued",
                    StableId.Of("finding", $"{n}")
                ))
        );
        var sign = new SignBlocklist(signer, new GovernedKeys("bench", []), new(), TimeProvider.System);
        var documents = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["/trust-list"] = await SignedDocument.SignAsync(
                signer,
                TrustDocuments.TrustListType,
                TrustDocuments.Payload(trust),
                cancellationToken
            ),
            ["/blocklist"] = (await sign.SignAsync(blocks, cancellationToken)).Document,
        };
        var lists = Builder().Build();
        lists.Run(context => context.Response.Body.WriteAsync(documents[context.Request.Path.Value!]).AsTask());
        await lists.StartAsync(cancellationToken);

        var folder = Directory.CreateTempSubdirectory("rekey-gateway-bench-").FullName;
        var builder = Builder();
        builder.Services.AddRekeyGateway(options =>
        {
            options.Address = new(lists.Urls.Single());
            options.Environment = "bench";
            options.DocumentKey = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = signer.Public.X!,
                ["y"] = signer.Public.Y!,
            };
            options.Folder = folder;
            options.PullEvery = TimeSpan.FromMinutes(30);
            options.ReportStaleAfter = TimeSpan.FromHours(1);
            options.RememberedTokens = remembered;
        });
        return new(await StartAsync(builder, cancellationToken), lists, folder);
    }

    /// <summary>JwtBearer alone, with the key in its settings.</summary>
    public static async Task<GatewayUnderTest> PlainAsync(CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(options => options.TokenValidationParameters = Plain);
        return new(await StartAsync(builder, cancellationToken), lists: null, folder: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_lists is not null)
        {
            await _lists.DisposeAsync();
            Directory.Delete(_folder!, recursive: true);
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
