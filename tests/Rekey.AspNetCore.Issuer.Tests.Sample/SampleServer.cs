using System.Security.Claims;
using Azure.Core.Pipeline;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Rekey.AspNetCore.Issuer.Tests.Sample;

/// <summary>
/// An OpenIddict server with one client and the client-credentials grant, which signs through Rekey. The tests build it in their process,
/// and start it as a program to kill it.
/// </summary>
public static class SampleServer
{
    public const string Client = "shop-app";
    public const string Secret = "sample-secret";
    public const string Audience = "api://shop";

    /// <summary>Builds the server from <c>--Rekey:…</c> and <c>--Sample:…</c> arguments.</summary>
    /// <param name="configure">Further settings of the issuer.</param>
    /// <param name="services">Further services.</param>
    public static WebApplication Build(
        string[] args,
        Action<IssuerOptions>? configure = null,
        Action<WebApplicationBuilder>? services = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var issuer = builder.Configuration["Rekey:Issuer"]!;
        builder
            .Services.AddOpenIddict()
            .AddServer(server =>
                server
                    .SetIssuer(issuer)
                    .SetTokenEndpointUris("token")
                    .AllowClientCredentialsFlow()
                    .AddEphemeralEncryptionKey()
                    .DisableAccessTokenEncryption()
                    .SetAccessTokenLifetime(TimeSpan.FromMinutes(10))
                    .EnableDegradedMode()
                    .AddEventHandler<ValidateTokenRequestContext>(h => h.UseInlineHandler(Validate))
                    .AddEventHandler<HandleTokenRequestContext>(h => h.UseInlineHandler(Grant))
                    .UseAspNetCore()
                    .DisableTransportSecurityRequirement()
            );

        // Rekey: these two.
        builder.Services.AddRekeyIssuer(builder.Configuration.GetSection("Rekey"), options => Local(options, builder.Configuration));
        builder
            .Services.AddOptions<OpenIddictServerOptions>()
            .Configure<RekeyIssuer>((server, rekey) => server.SigningCredentials.Add(rekey.Credentials));

        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        services?.Invoke(builder);
        var app = builder.Build();
        app.UseAuthentication();
        app.MapHealthChecks("/health");
        return app;
    }

    /// <summary>The stand-ins of the tests: a fixed token for the vault, and an authority that only they trust.</summary>
    private static void Local(IssuerOptions options, IConfiguration configuration)
    {
        if (configuration["Sample:VaultToken"] is { } token)
        {
            options.Credential = new FixedCredential(token);
            options.Vault.DisableChallengeResourceVerification = true;
        }

        if (configuration["Sample:CaFile"] is { } file)
        {
            options.Vault.Transport = new HttpClientTransport(new HttpClient(FixedCredential.Trusting(file)));
        }
    }

    private static ValueTask Validate(ValidateTokenRequestContext context)
    {
        if (context.ClientId != Client || context.ClientSecret != Secret)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient);
        }

        return default;
    }

    private static ValueTask Grant(HandleTokenRequestContext context)
    {
        var identity = new ClaimsIdentity("sample");
        identity.AddClaim(new Claim(OpenIddictConstants.Claims.Subject, context.Request.ClientId!));
        var principal = new ClaimsPrincipal(identity);
        principal.SetResources(Audience);
        context.SignIn(principal);
        return default;
    }
}
