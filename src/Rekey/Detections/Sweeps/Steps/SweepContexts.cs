using Rekey.Detections.Gaps;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Detections.Sweeps.Steps;

/// <summary>Reads what a step of the sweep judges by: the detections, the windows of the keys, and the known gaps.</summary>
public sealed class SweepContexts(
    IReadOnlyList<Detection> detections,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    WatchGaps gaps,
    SweepOptions options,
    TrustOptions trust
)
{
    /// <summary>The detections of the sweep.</summary>
    public IReadOnlyList<Detection> Detections => detections;

    /// <summary>The environment whose keys are governed.</summary>
    public string Environment => governedKeys.Environment;

    /// <summary>Reads it anew.</summary>
    public async Task<SweepContext> ReadAsync(CancellationToken cancellationToken)
    {
        var windows = SweepWindows.Of(await trustLedger.ReadAsync(cancellationToken), governedKeys, trust);
        return new(detections, windows, options.ToParameters(trust, windows.Windows), await gaps.AgeAsync(cancellationToken));
    }
}
