namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>How a query ended.</summary>
public enum LogsQueryResultStatus
{
    /// <summary>The table is the whole result.</summary>
    Success,

    /// <summary>The result exceeds the size of a reply. The table is empty.</summary>
    TooLarge,
}
