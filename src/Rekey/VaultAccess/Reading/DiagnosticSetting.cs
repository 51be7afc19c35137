namespace Rekey.VaultAccess.Reading;

/// <summary>A diagnostic setting of a vault: <c>Microsoft.Insights/diagnosticSettings</c>.</summary>
/// <param name="LogsAudit">Whether the audit log (group <c>audit</c> or <c>allLogs</c>, or category <c>AuditEvent</c>) goes out.</param>
/// <param name="IsDedicated">Whether it goes to its own table (AZKVAuditLogs) instead of AzureDiagnostics.</param>
public sealed record DiagnosticSetting(
    string Name,
    bool LogsAudit,
    string? WorkspaceId,
    string? StorageAccountId,
    string? EventHubRuleId,
    bool IsDedicated
)
{
    /// <summary>The table in the workspace that the audit log goes to.</summary>
    public string Table => IsDedicated ? "AZKVAuditLogs" : "AzureDiagnostics";

    /// <summary>Whether it has any destination.</summary>
    public bool IsSent => WorkspaceId is not null || StorageAccountId is not null || EventHubRuleId is not null;
}
