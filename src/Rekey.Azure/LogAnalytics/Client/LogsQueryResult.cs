namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>The result of a query.</summary>
public sealed record LogsQueryResult(LogsQueryResultStatus Status, LogsTable Table);
