using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Rekey.Functions.Security;

/// <summary>
/// Callers whose tokens were verified a moment ago: a gateway brings one token with thousands of questions, and its signature costs as much
/// as the answer. A caller is remembered until the token expires, and no longer than <see cref="AtMost"/>, in which a key that has left the
/// authority's metadata goes on counting here.
/// </summary>
/// <remarks>The bearer handler itself asks the authority for its keys every twelve hours only.</remarks>
public sealed class VerifiedCallers(TimeProvider timeProvider)
{
    /// <summary>Distinct callers, not requests: a few gateways and people.</summary>
    private const int Max = 1000;

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(5);

    private readonly Remembered<Verified> _callers = new(Max);

    /// <summary>The caller of a token that was verified; null when it must be verified (again).</summary>
    public ClaimsPrincipal? Find(string token) =>
        _callers.Find(TokenHash.Of(token)) is { } known && timeProvider.GetUtcNow() < known.Until ? known.Caller : null;

    /// <param name="expiresAt">The token's <c>exp</c>, UTC.</param>
    public void Add(string token, ClaimsPrincipal caller, DateTimeOffset expiresAt)
    {
        var latest = timeProvider.GetUtcNow() + AtMost;
        _callers.Add(TokenHash.Of(token), new(caller, expiresAt < latest ? expiresAt : latest));
    }

    /// <summary>Puts it before and behind the bearer handler's own verification.</summary>
    public static JwtBearerEvents Around(JwtBearerEvents events)
    {
        events.OnMessageReceived = static context =>
        {
            if (
                TokenOf(context.Request) is { } token
                && context.HttpContext.RequestServices.GetRequiredService<VerifiedCallers>().Find(token) is { } caller
            )
            {
                context.Principal = caller;
                context.Success();
            }

            return Task.CompletedTask;
        };
        events.OnTokenValidated = static context =>
        {
            if (TokenOf(context.Request) is { } token && context.Principal is { } caller)
            {
                context
                    .HttpContext.RequestServices.GetRequiredService<VerifiedCallers>()
                    .Add(token, caller, new(context.SecurityToken.ValidTo, TimeSpan.Zero));
            }

            return Task.CompletedTask;
        };
        return events;
    }

    /// <summary>As the bearer handler finds it (RFC 6750 §2.1).</summary>
    private static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && header.AsSpan("Bearer ".Length).Trim() is { Length: > 0 } token
            ? token.ToString()
            : null;

    private sealed record Verified(ClaimsPrincipal Caller, DateTimeOffset Until);
}
