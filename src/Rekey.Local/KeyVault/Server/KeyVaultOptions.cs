using Rekey.Local.KeyVault.Permissions;

namespace Rekey.Local.KeyVault.Server;

/// <summary>The options of a <see cref="KeyVaultServer"/>. Several vaults are several servers, each with a port and a folder.</summary>
public sealed record KeyVaultOptions
{
    /// <summary>Vault name, 3 to 24 letters, digits and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of keys and <c>audit.ndjson</c>; loaded again at the next start.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder that its diagnostic setting sends the audit log to, as <c>{name}.ndjson</c>; null keeps it in
    /// <c>audit.ndjson</c> of <see cref="Folder"/>.</summary>
    public string? AuditFolder { get; init; }

    /// <summary>0 takes a free port. Key ids contain the port, so a vault that is to survive a restart needs a fixed one.</summary>
    public int Port { get; init; }

    /// <summary>The initial permissions on the whole vault, by object id.</summary>
    public IReadOnlyDictionary<string, KeyPermissions> Grants { get; init; } = new Dictionary<string, KeyPermissions>();

    public VaultPermissionModel PermissionModel { get; init; } = VaultPermissionModel.Rbac;

    /// <summary>Subscription in resource ids; a backup restores only into a vault of the same one.</summary>
    public string SubscriptionId { get; init; } = "22222222-3333-4444-5555-666666666666";

    public string ResourceGroup { get; init; } = "rg-local";

    /// <summary>Days that a deleted key can be recovered, 7 to 90; also decides on the recovery level.</summary>
    public int RetentionDays { get; init; } = 90;

    public bool PurgeProtection { get; init; } = true;

    /// <summary>
    /// How many looks at a key that is being deleted or recovered find it unfinished. Counted in looks, not in time, so that the
    /// unfinished state is always seen once and never waited for.
    /// </summary>
    public int SettleAfterPolls { get; init; } = 1;

    /// <summary>Lists are interrupted by empty pages that carry a nextLink, as the service may send.</summary>
    public bool EmitEmptyPages { get; init; }

    /// <summary>The limits of Microsoft Learn, "Azure Key Vault service limits"; can be switched while running.</summary>
    public bool Throttled { get; init; }

    /// <summary>Whether a 429 says how long to wait. A captured one of the real service did not.</summary>
    public bool SendRetryAfter { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
