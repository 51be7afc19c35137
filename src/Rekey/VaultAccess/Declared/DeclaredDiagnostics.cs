namespace Rekey.VaultAccess.Declared;

/// <summary>A declared diagnostic setting.</summary>
/// <param name="WorkspaceId">The destination; null if only the name is declared.</param>
/// <param name="IsDedicated">Whether it must go to its own table (AZKVAuditLogs), which alerts can read separately, or to
/// AzureDiagnostics; null if not declared.</param>
public sealed record DeclaredDiagnostics(
    string Name,
    string? WorkspaceId = null,
    string? StorageAccountId = null,
    string? EventHubRuleId = null,
    bool? IsDedicated = null
);
