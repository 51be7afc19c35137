namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>A window that is judged in shares of its tokens, one batch per share. The watermark moves after the last share is
/// completed.</summary>
/// <param name="Until">The end of the window, which all shares have in common.</param>
/// <param name="Of">The number of shares: a power of <see cref="KqlPartition.Factor"/>.</param>
/// <param name="Next">The index of the first incomplete share, from 0.</param>
public sealed record WindowShares(DateTimeOffset Until, int Of, int Next)
{
    /// <summary>Splits the rest into smaller shares; returns itself if that is not possible.</summary>
    public WindowShares Split() =>
        Of < KqlPartition.Most ? this with { Of = Of * KqlPartition.Factor, Next = Next * KqlPartition.Factor } : this;
}
