using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Rekey.Core;

namespace Rekey.Functions.Security;

/// <summary>Sets up how callers are authenticated.</summary>
internal static class Authentication
{
    /// <summary>The scheme that takes a gateway's key or an Entra token, whichever the caller brings.</summary>
    public const string Scheme = "RekeyCaller";

    private static readonly TimeSpan AuthorityPause = TimeSpan.FromSeconds(5);

    /// <param name="backchannel">How the authority's metadata and keys are fetched.</param>
    public static void AddRekeyAuthentication(this IServiceCollection services, AuthOptions options, HttpMessageHandler backchannel)
    {
        services.AddSingleton(options);
        services.AddSingleton<VerifiedCallers>();
        services.AddSingleton<GatewayCallers>();
        services
            .AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, displayName: null, scheme =>
                scheme.ForwardDefaultSelector = context =>
                    context.Request.Headers.ContainsKey(GatewayKeyHandler.Header)
                        ? GatewayKeyHandler.SchemeName
                        : JwtBearerDefaults.AuthenticationScheme
            )
            .AddScheme<AuthenticationSchemeOptions, GatewayKeyHandler>(GatewayKeyHandler.SchemeName, configureOptions: null)
            .AddJwtBearer(bearer =>
            {
                bearer.Authority = options.Authority;
                bearer.Audience = options.Audience;
                bearer.MapInboundClaims = false;
                bearer.BackchannelHttpHandler = backchannel;
                bearer.IncludeErrorDetails = false;
                bearer.Events = VerifiedCallers.Around(new() { OnAuthenticationFailed = FailedAsync });
                bearer.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidAudience = options.Audience,
                    ValidateIssuer = true,
                    ValidateAudience = true,
                    RequireExpirationTime = true,
                    RequireSignedTokens = true,
                    ValidAlgorithms = ["RS256", "PS256", "ES256"],
                    ClockSkew = TimeSpan.FromMinutes(1),
                    RoleClaimType = "roles",
                    NameClaimType = "oid",
                };
            });
        services.AddAuthorization();
    }

    /// <summary>Tells a refused token, the caller's mistake, from a failure to fetch the authority's keys, which looks the same
    /// here.</summary>
    private static async Task FailedAsync(AuthenticationFailedContext context)
    {
        if (context.Exception is ArgumentException || context.Options.ConfigurationManager is not { } authority)
        {
            return;
        }

        try
        {
            await authority.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            throw new RetryLaterException(
                "Rekey cannot reach the identity authority to authenticate the caller. Try again later.",
                AuthorityPause,
                e
            );
        }
    }
}
