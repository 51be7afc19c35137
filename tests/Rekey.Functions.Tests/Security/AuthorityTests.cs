using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.Core;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Security;

/// <summary>The identity authority is out of reach: that is nobody's forged token, and nothing is wrong here.</summary>
public sealed class AuthorityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(null)]
    public async Task Callers_are_told_to_come_again(HttpStatusCode? answer)
    {
        await using var app = await StartAsync(new Unreachable(answer));
        using var reply = await CallAsync(app, Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.NotNull(reply.Headers.RetryAfter);
        Assert.Contains("identity authority", await reply.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_token_is_refused_without_asking_anybody()
    {
        await using var app = await StartAsync(new Unreachable(HttpStatusCode.InternalServerError));
        using var reply = await CallAsync(app, "no token");
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(HttpMessageHandler authority)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        builder.Services.AddRekeyAuthentication(
            new AuthOptions { Authority = "https://login.example/tenant/v2.0", Audience = "rekey" },
            authority
        );
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Problems>();
        builder.Services.AddProblemDetails(Problems.Customize);
        var app = builder.Build();

        // As around a function.
        app.Use(
            async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (RetryLaterException e)
                {
                    await context.RequestServices.GetRequiredService<Problems>().WriteAsync(context, e);
                }
            }
        );
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/secret", () => "told")
            .RequireAuthorization(policy => policy.AddAuthenticationSchemes(Authentication.Scheme).RequireRole(Roles.Reader));
        await app.StartAsync(Cancel);
        return app;
    }

    private static async Task<HttpResponseMessage> CallAsync(WebApplication app, string token)
    {
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetAsync("/secret", Cancel);
    }

    private static string Token()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = "https://login.example/tenant/v2.0",
                Audience = "rekey",
                SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
            }
        );
    }

    private sealed class Unreachable(HttpStatusCode? answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer is { } status ? Task.FromResult(new HttpResponseMessage(status)) : throw new HttpRequestException("Nobody is there.");
    }
}
