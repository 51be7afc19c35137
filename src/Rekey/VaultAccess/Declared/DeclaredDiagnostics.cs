namespace Rekey.VaultAccess.Declared;

/// <summary>A diagnostic setting that is meant to be there.</summary>
/// <param name="WorkspaceId">Where it must go; null where only its name is declared.</param>
/// <param name="IsDedicated">Whether it must go to a table of its own (AZKVAuditLogs), which alerts may read alone, or to AzureDiagnostics;
/// null where that is not declared.</param>
public sealed record DeclaredDiagnostics(
    string Name,
    string? WorkspaceId = null,
    string? StorageAccountId = null,
    string? EventHubRuleId = null,
    bool? IsDedicated = null
);
