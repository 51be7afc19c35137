namespace Rekey.Local.ResourceManager;

/// <summary>A diagnostic setting of a vault that sends its audit log to a workspace.</summary>
public sealed record ArmDiagnostics(string Name, string WorkspaceId, bool LogsAudit = true);
