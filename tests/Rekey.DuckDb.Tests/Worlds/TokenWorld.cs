using Rekey.Detections.Sweeps;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>Both logs, and what is known besides.</summary>
internal sealed record TokenWorld(
    IReadOnlyList<Issue> Issued,
    IReadOnlyList<Seen> Accessed,
    SweepParameters Parameters,
    DateTimeOffset ArrivedUntil
)
{
    /// <summary>As both engines count: in microseconds.</summary>
    public DateTimeOffset ArrivedUntilInMicroseconds => ArrivedUntil.AddTicks(-(ArrivedUntil.Ticks % TimeSpan.TicksPerMicrosecond));

    public static string? Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

    public override string ToString() =>
        $"{string.Join('\n', Issued.Select(i => i.ToJson().ToJsonString()))}\n--\n"
        + $"{string.Join('\n', Accessed.Select(a => a.ToJson().ToJsonString()))}\n--\n"
        + $"{string.Join('\n', Parameters.Windows)}\n{Parameters}\n{ArrivedUntil:O}";
}
