using System.Text.Json;
using Rekey.Trust.Lists;

namespace Rekey.Trust;

/// <summary>The verdict on a token: accepted with its claims, or refused with the reason.</summary>
/// <param name="Refusal">A stable code such as <c>kid-not-trusted</c>; null when accepted.</param>
/// <param name="Claims">The payload; only when accepted.</param>
/// <param name="Entry">The trust entry that vouches for it; only when accepted.</param>
public sealed record TokenVerdict(string? Refusal, JsonElement? Claims, TrustEntry? Entry)
{
    public bool Active => Refusal is null;

    /// <summary>When the verdict begins to hold; only when accepted.</summary>
    public DateTimeOffset HoldsFrom { get; init; }

    /// <summary>When the verdict ends, as long as the trust list is valid; only when accepted.</summary>
    public DateTimeOffset HoldsUntil { get; init; }
}
