namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>How a query ended.</summary>
public enum LogsQueryResultStatus
{
    /// <summary>The table is all of the result.</summary>
    Success,

    /// <summary>The result is larger than a reply may be. The table is empty: what came of it is of no use.</summary>
    TooLarge,
}
