using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Rekey.Trust;

namespace Rekey.Functions.Security;

/// <summary>
/// A cache of callers whose tokens were just verified. A gateway sends one token with thousands of requests, and its signature check
/// costs as much as the answer. An entry lasts until the token expires, at most <see cref="AtMost"/>. For that time a key that has left
/// the authority's metadata still counts.
/// </summary>
/// <remarks>The bearer handler itself fetches the authority's keys only every twelve hours.</remarks>
public sealed class VerifiedCallers(TimeProvider timeProvider)
{
    /// <summary>The number of distinct callers: a few gateways and people.</summary>
    private const int Max = 1000;

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(5);

    private readonly Remembered<Verified> _callers = new(Max);

    /// <summary>Gives the caller of a verified token; null when the token must be verified.</summary>
    public ClaimsPrincipal? Find(string token) =>
        _callers.Find(TokenHash.Of(token)) is { } known && timeProvider.GetUtcNow() < known.Until ? known.Caller : null;

    /// <param name="expiresAt">The token's <c>exp</c>, UTC.</param>
    public void Add(string token, ClaimsPrincipal caller, DateTimeOffset expiresAt)
    {
        var latest = timeProvider.GetUtcNow() + AtMost;
        _callers.Add(TokenHash.Of(token), new(caller, expiresAt < latest ? expiresAt : latest));
    }

    /// <summary>Installs the cache around the bearer handler's verification.</summary>
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

    /// <summary>Finds the token as the bearer handler does (RFC 6750 §2.1).</summary>
    private static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header]
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && header.AsSpan("Bearer ".Length).Trim() is { Length: > 0 } token
            ? token.ToString()
            : null;

    private sealed record Verified(ClaimsPrincipal Caller, DateTimeOffset Until);
}
