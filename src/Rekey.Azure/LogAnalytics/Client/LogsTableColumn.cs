namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>A column of a result.</summary>
/// <param name="Type">One of <c>bool datetime dynamic int long real string guid decimal timespan</c>.</param>
public sealed record LogsTableColumn(string Name, string Type);
