namespace Rekey.VaultAccess.Reading;

/// <summary>The retention of a table in a workspace: <c>totalRetentionInDays</c>.</summary>
public sealed record TableRetention(string WorkspaceId, string Table, int Days);
