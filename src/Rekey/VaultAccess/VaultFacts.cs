namespace Rekey.VaultAccess;

/// <summary>A vault's properties, as far as they decide who reaches what is in it.</summary>
/// <param name="IsRbac">False also where the vault does not say: that means access policies.</param>
/// <param name="Policies">Kept by the vault in either permission model; void under RBAC.</param>
/// <param name="IsPurgeProtected">On only where the vault says so.</param>
/// <param name="SoftDeleteDays">Null where soft delete is off.</param>
public sealed record VaultFacts(Uri VaultUri, bool IsRbac, IReadOnlyList<AccessPolicy> Policies, bool IsPurgeProtected, int? SoftDeleteDays, VaultNetwork Network);

/// <summary>One entry of a vault's access policies.</summary>
/// <param name="ApplicationId">Set where it counts only through this application.</param>
/// <param name="Certificates">Permissions by name, such as <c>get</c> or <c>all</c>.</param>
public sealed record AccessPolicy(string ObjectId, string? ApplicationId, IReadOnlyList<string> Keys, IReadOnlyList<string> Secrets, IReadOnlyList<string> Certificates);

/// <summary>Who gets to the vault's address.</summary>
/// <param name="IsPublic">False when public network access is disabled: private endpoints only.</param>
/// <param name="AllowsAll">True when the firewall lets everybody in, or there is none.</param>
public sealed record VaultNetwork(bool IsPublic, bool AllowsAll, IReadOnlyList<string> AddressRules, IReadOnlyList<string> Subnets)
{
    /// <summary>Whether the firewall lets trusted Microsoft services by (<c>networkAcls.bypass</c>), also where the network is not public.</summary>
    public bool LetsServicesBy { get; init; }

    /// <summary>Private endpoints that are connected, by their resource ids.</summary>
    public IReadOnlyList<string> PrivateEndpoints { get; init; } = [];

    /// <summary>Whether anybody on the internet gets to it.</summary>
    public bool IsOpen => IsPublic && AllowsAll;
}

/// <summary>A diagnostic setting of a vault: <c>Microsoft.Insights/diagnosticSettings</c>.</summary>
/// <param name="LogsAudit">Whether the audit log (group <c>audit</c> or <c>allLogs</c>, or category <c>AuditEvent</c>) goes out.</param>
/// <param name="IsDedicated">Whether it goes to a table of its own (AZKVAuditLogs) and not to AzureDiagnostics.</param>
public sealed record DiagnosticSetting(string Name, bool LogsAudit, string? WorkspaceId, string? StorageAccountId, string? EventHubRuleId, bool IsDedicated)
{
    /// <summary>The table in the workspace that the audit log goes to.</summary>
    public string Table => IsDedicated ? "AZKVAuditLogs" : "AzureDiagnostics";

    /// <summary>Whether anybody gets it.</summary>
    public bool IsSent => WorkspaceId is not null || StorageAccountId is not null || EventHubRuleId is not null;
}

/// <summary>How long a workspace keeps a table: <c>totalRetentionInDays</c>.</summary>
public sealed record TableRetention(string WorkspaceId, string Table, int Days);

/// <summary>A version of a key, as a list has it.</summary>
/// <param name="ExpiresOn">Null where it does not end by itself.</param>
public sealed record ListedKeyVersion(string Version, bool IsEnabled, DateTimeOffset? ExpiresOn, DateTimeOffset? CreatedOn)
{
    /// <summary>Whether it may be used now or later.</summary>
    public bool IsUsable(DateTimeOffset now) => IsEnabled && !(ExpiresOn <= now);
}

/// <summary>A version of a key, as the control plane shows it.</summary>
/// <param name="KeyType"><c>kty</c>: with <c>-HSM</c> at its end the key is in hardware.</param>
/// <param name="Version">Null in readings that know of the newest only.</param>
public sealed record VaultKey(string Name, string KeyType, bool IsExportable, string? Version = null)
{
    public bool IsHardware => KeyType.EndsWith("-HSM", StringComparison.OrdinalIgnoreCase);
}
