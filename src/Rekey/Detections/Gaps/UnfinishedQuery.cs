using Rekey.Core;

namespace Rekey.Detections.Gaps;

/// <summary>A query that the engine gave up: it ran out of time or memory, or was refused. Asked again, it may fail again.</summary>
public static class UnfinishedQuery
{
    /// <summary>The reason of such a <see cref="RetryLaterException"/>.</summary>
    public const string Reason = "query-unfinished";

    /// <summary>Whether the failure is that of the query. An engine that cannot be reached fails for every query.</summary>
    public static bool Is(Exception failure) => failure is RetryLaterException { Reason: Reason } or CannotContinueException;
}
