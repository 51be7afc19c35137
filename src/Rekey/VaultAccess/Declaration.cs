using System.Security.Cryptography;
using System.Text;

namespace Rekey.VaultAccess;

/// <summary>Which permission model a vault has.</summary>
public enum PermissionModel
{
    Rbac,
    AccessPolicies,
}

/// <summary>Who may do what, as the last deployment carried it into the settings.</summary>
/// <param name="Environment">Such as <c>prod</c>.</param>
/// <param name="IsProduction">Whether people have no place in it.</param>
/// <param name="ForeignPrincipals">Object ids of the other environments' identities.</param>
public sealed record Declaration(string Environment, bool IsProduction, PermissionModel PermissionModel, IReadOnlyList<DeclaredVault> Vaults, IReadOnlyList<string> ForeignPrincipals)
{
    /// <summary>SHA-256 of a declaration's text in UTF-8, lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What was declared of one vault.</summary>
/// <param name="AddressRules">Addresses that its firewall lets in.</param>
/// <param name="Subnets">Subnets that its firewall lets in.</param>
/// <param name="IsOpen">True where everybody may reach its address.</param>
/// <param name="RetentionDays">Days that the audit log is kept; null where that is not declared.</param>
/// <param name="HardwareKeys">Whether every key must be in hardware and not exportable.</param>
/// <param name="FederatedCredentials">Credentials from outside that its identities may have: <c>issuer|subject</c>.</param>
public sealed record DeclaredVault(Uri VaultUri, string ResourceId, IReadOnlyList<DeclaredGrant> Grants, bool IsOpen, IReadOnlyList<string> AddressRules, IReadOnlyList<string> Subnets,
    bool IsPurgeProtected, int SoftDeleteDays, int? RetentionDays, IReadOnlyList<DeclaredDiagnostics> Diagnostics, bool HardwareKeys, IReadOnlyList<string> FederatedCredentials)
{
    /// <summary>Object ids of service principals that may act as its identities, such as that of a pipeline which deploys what runs as an issuer.</summary>
    public IReadOnlyList<string> IndirectPrincipals { get; init; } = [];

    /// <summary>Whether its firewall may let trusted Microsoft services by; null where that is not declared.</summary>
    public bool? LetsServicesBy { get; init; }

    /// <summary>Private endpoints that it may have, by their resource ids; null where that is not declared.</summary>
    public IReadOnlyList<string>? PrivateEndpoints { get; init; }

    /// <summary>Who must be able to rotate its keys; null where it holds none that Rekey governs.</summary>
    public DeclaredRotator? Rotator { get; init; }

    /// <summary>Its host name, by which findings call it.</summary>
    public string Name => VaultUri.Authority;
}

/// <summary>The app's own identity in a vault that holds governed keys.</summary>
/// <param name="PrincipalId">Object id of the app's identity.</param>
/// <param name="LetInBy">By what it comes through the vault's firewall: resource ids of private endpoints and subnets, address ranges. Null where that is not declared.</param>
public sealed record DeclaredRotator(string PrincipalId, IReadOnlyList<string>? LetInBy);

/// <summary>A grant that is meant to be there.</summary>
/// <param name="Role">Name, GUID or resource id; null under access policies.</param>
/// <param name="DataActions">What it may give inside the vault at most, and must at least; null: what the built-in role gives.</param>
/// <param name="Actions">Operations of the control plane that lead to data; null: what the built-in role gives.</param>
/// <param name="IsActive">False for a role that may only be activated.</param>
/// <param name="Keys">The keys that it is limited to; null for the whole vault.</param>
public sealed record DeclaredGrant(string PrincipalId, PrincipalKind PrincipalKind, string? Role, IReadOnlyList<string>? DataActions, IReadOnlyList<string>? Actions, bool IsActive,
    IReadOnlyList<string>? Keys, string Why)
{
    /// <summary>What it is about.</summary>
    public string Key => $"{PrincipalId}|{(IsActive ? "" : "eligible ")}{Role ?? "policy"}{(Keys is null ? "" : $"|{string.Join(',', Keys)}")}".ToLowerInvariant();
}

/// <summary>A diagnostic setting that is meant to be there.</summary>
/// <param name="WorkspaceId">Where it must go; null where only its name is declared.</param>
/// <param name="IsDedicated">Whether it must go to a table of its own (AZKVAuditLogs), which alerts may read alone, or to AzureDiagnostics; null where that is not declared.</param>
public sealed record DeclaredDiagnostics(string Name, string? WorkspaceId = null, string? StorageAccountId = null, string? EventHubRuleId = null, bool? IsDedicated = null);
