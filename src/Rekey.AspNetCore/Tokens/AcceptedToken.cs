using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Rekey.Blocking;

namespace Rekey.AspNetCore.Tokens;

/// <summary>A token that the lists accept.</summary>
/// <param name="thumbprint">The key that verified its signature.</param>
/// <exception cref="ArgumentException">ASP.NET Core's reader cannot read it.</exception>
internal sealed class AcceptedToken(string token, TokenFacts facts, string thumbprint) : JsonWebToken(token)
{
    public TokenFacts Facts { get; } = facts;

    public string Thumbprint { get; } = thumbprint;

    /// <summary>The audiences, sorted and separated by a blank, as the access log has them.</summary>
    public string? AudienceText { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the acceptance begins to hold.</summary>
    public DateTimeOffset HoldsFrom { get; init; }

    /// <summary>When it ends, as long as the lists do not change.</summary>
    public DateTimeOffset HoldsUntil { get; init; }

    /// <summary>The claims, of which each request gets a copy: an application may add to its own.</summary>
    public ClaimsIdentity? Claimed { get; set; }
}
