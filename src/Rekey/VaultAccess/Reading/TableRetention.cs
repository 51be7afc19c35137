namespace Rekey.VaultAccess.Reading;

/// <summary>How long a workspace keeps a table: <c>totalRetentionInDays</c>.</summary>
public sealed record TableRetention(string WorkspaceId, string Table, int Days);
