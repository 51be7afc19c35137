namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>A window that is judged in shares of its tokens, one batch a share. The watermark moves when the last of them is
/// completed.</summary>
/// <param name="Until">Where the window ends: the same for all shares, however long they take.</param>
/// <param name="Of">How many there are: a power of <see cref="KqlPartition.Factor"/>.</param>
/// <param name="Next">The first that is not completed, from 0.</param>
public sealed record WindowShares(DateTimeOffset Until, int Of, int Next)
{
    /// <summary>The same, the rest of it in smaller shares; itself when there are none.</summary>
    public WindowShares Split() =>
        Of < KqlPartition.Most ? this with { Of = Of * KqlPartition.Factor, Next = Next * KqlPartition.Factor } : this;
}
