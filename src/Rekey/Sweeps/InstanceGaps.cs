using System.Text.Json.Serialization;

namespace Rekey.Sweeps;

/// <summary>How a gap came to its end.</summary>
public enum GapEnd
{
    /// <summary>Its lines arrived, or the instance spoke again and none was missing: it hides nothing any more.</summary>
    Closed,

    /// <summary>The instance was silent for so long that it counts as retired: later tokens are not hidden by its silence.</summary>
    Retired,

    /// <summary>An issuer of which nothing was logged logs again. Nobody knows whether it says what it issued meanwhile: it goes on hiding its own time.</summary>
    Over,
}

/// <summary>A gap as it was found.</summary>
public sealed record TrackedGap(DateTimeOffset From, DateTimeOffset? To, long? Missing, DateTimeOffset FoundAt)
{
    public DateTimeOffset? EndedAt { get; init; }

    public GapEnd? End { get; init; }

    /// <summary>Whether an unissued token may still be explained by it.</summary>
    [JsonIgnore]
    public bool Hides => End is not GapEnd.Closed;

    [JsonIgnore]
    public bool IsSilence => To is null;
}

/// <summary>The gaps in the log of one instance of an issuer. One such record is one finding while a gap in it is open.</summary>
public sealed record InstanceGaps(string Iss, string IssuerInstance) : IRecord
{
    public const string All = "gaps";

    public static int SchemaVersion => 1;

    /// <summary>In order of time.</summary>
    public IReadOnlyList<TrackedGap> Gaps { get; init; } = [];

    [JsonIgnore]
    public bool IsWholeIssuer => string.Equals(IssuerInstance, IssuanceGap.WholeIssuer, StringComparison.Ordinal);

    [JsonIgnore]
    public string About => IsWholeIssuer ? $"{Iss}, all instances" : IssuerInstance.Length == 0 ? Iss : $"{Iss}, instance {IssuerInstance}";

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("instance-gaps", Iss, IssuerInstance);
}
