using System.Text.Json.Serialization;

namespace Rekey.Departures.Watching;

/// <summary>The watch over a person who has left: over what they do, and over the applications that they can act as.</summary>
/// <param name="BegunAt">When it began; the rows since the account was closed were read then.</param>
public sealed record DepartureWatch(DateTimeOffset BegunAt)
{
    /// <summary>The most principals that one watch follows.</summary>
    /// <remarks>500: a person who owns more is a finding of its own.</remarks>
    public const int MaxReach = 500;

    /// <summary>The applications and service principals that the person can act as.</summary>
    public IReadOnlyList<ReachedPrincipal> Reach { get; init; } = [];

    /// <summary>The governed keys that the person used or took after their account was closed.</summary>
    public IReadOnlyList<UsedKey> Keys { get; init; } = [];

    /// <summary>When the person did something themselves last, by any log; null for never.</summary>
    public DateTimeOffset? LastActAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended, as a stable code: <c>nothing-in-reach</c>, <c>decided</c> or <c>left-again</c>; null while it goes
    /// on.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>The decision that ended it; null when none did.</summary>
    public string? DecisionId { get; init; }

    [JsonIgnore]
    public bool IsOpen => EndedAt is null;
}
