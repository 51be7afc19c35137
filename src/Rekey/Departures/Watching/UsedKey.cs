using System.Text.Json.Serialization;

namespace Rekey.Departures.Watching;

/// <summary>A governed key that a person used or took after their account was closed, and how far that is answered.</summary>
/// <param name="UsedAt">The last such use.</param>
public sealed record UsedKey(string KeyId, DateTimeOffset UsedAt)
{
    /// <summary>The last use that a rotation was ordered for; null before the first order.</summary>
    public DateTimeOffset? OrderedFor { get; init; }

    public DateTimeOffset? OrderedAt { get; init; }

    /// <summary>How many rotations were ordered. The number names the cause, so that none is ordered twice.</summary>
    public int Orders { get; init; }

    /// <summary>Whether the last order was handed to the rotations.</summary>
    public bool IsPlanned { get; init; }

    /// <summary>Whether no rotation was ordered for the last use yet.</summary>
    [JsonIgnore]
    public bool IsUnanswered => !(OrderedFor >= UsedAt);

    /// <summary>Adds a use. One that was seen before changes nothing.</summary>
    public UsedKey With(DateTimeOffset usedAt) => usedAt > UsedAt ? this with { UsedAt = usedAt } : this;

    /// <summary>Orders a rotation for the last use, at most once in a token's lifetime (T14). A later use waits until then.</summary>
    public UsedKey Order(DateTimeOffset now, TimeSpan tokenLifetime) =>
        IsUnanswered && !(OrderedAt + tokenLifetime > now)
            ? this with
            {
                OrderedFor = UsedAt,
                OrderedAt = now,
                Orders = Orders + 1,
                IsPlanned = false,
            }
            : this;
}
