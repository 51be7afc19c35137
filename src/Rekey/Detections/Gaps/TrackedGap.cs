using System.Text.Json.Serialization;

namespace Rekey.Detections.Gaps;

/// <summary>A gap with its detection time and its end.</summary>
public sealed record TrackedGap(DateTimeOffset From, DateTimeOffset? To, long? Missing, DateTimeOffset FoundAt)
{
    public DateTimeOffset? EndedAt { get; init; }

    public GapEnd? End { get; init; }

    /// <summary>Whether it may still explain an unissued token.</summary>
    [JsonIgnore]
    public bool Hides => End is not GapEnd.Closed;

    [JsonIgnore]
    public bool IsSilence => To is null;
}
