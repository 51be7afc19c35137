using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>Stable reasons of <see cref="CannotContinueException"/> about a workspace.</summary>
internal static class LogsReasons
{
    public const string Unauthorized = "logs-unauthorized";
    public const string Forbidden = "logs-forbidden";
    public const string WorkspaceNotFound = "logs-workspace-not-found";

    /// <summary>A table, column or function is missing; the message names it.</summary>
    public const string NameMissing = "logs-name-missing";

    public const string QueryRefused = "logs-query-refused";
    public const string ReplyUnexpected = "logs-reply-unexpected";

    /// <summary>Rows have no arrival time.</summary>
    public const string ArrivalUnknown = "logs-arrival-unknown";

    /// <summary>Accesses arrive without issuances: every token would look forged.</summary>
    public const string IssuancesMissing = "logs-issuances-missing";

    public const string WatermarkAhead = "logs-watermark-ahead";
    public const string ResultTooLarge = "logs-result-too-large";
}
