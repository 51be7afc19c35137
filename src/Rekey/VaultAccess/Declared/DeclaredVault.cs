namespace Rekey.VaultAccess.Declared;

/// <summary>The declaration of one vault.</summary>
/// <param name="AddressRules">The addresses that its firewall allows.</param>
/// <param name="Subnets">The subnets that its firewall allows.</param>
/// <param name="IsOpen">Whether every network may reach its address.</param>
/// <param name="RetentionDays">The retention of the audit log in days; null if not declared.</param>
/// <param name="HardwareKeys">Whether every key must be in hardware and not exportable.</param>
/// <param name="FederatedCredentials">The allowed federated credentials of its identities: <c>issuer|subject</c>.</param>
public sealed record DeclaredVault(
    Uri VaultUri,
    string ResourceId,
    IReadOnlyList<DeclaredGrant> Grants,
    bool IsOpen,
    IReadOnlyList<string> AddressRules,
    IReadOnlyList<string> Subnets,
    bool IsPurgeProtected,
    int SoftDeleteDays,
    int? RetentionDays,
    IReadOnlyList<DeclaredDiagnostics> Diagnostics,
    bool HardwareKeys,
    IReadOnlyList<string> FederatedCredentials
)
{
    /// <summary>Object ids of service principals that may act as its identities, such as a pipeline that deploys an issuer.</summary>
    public IReadOnlyList<string> IndirectPrincipals { get; init; } = [];

    /// <summary>Whether trusted Microsoft services may bypass its firewall; null if not declared.</summary>
    public bool? LetsServicesBy { get; init; }

    /// <summary>The resource ids of allowed private endpoints; null if not declared.</summary>
    public IReadOnlyList<string>? PrivateEndpoints { get; init; }

    /// <summary>The identity that must be able to rotate its keys; null if it has no governed keys.</summary>
    public DeclaredRotator? Rotator { get; init; }

    /// <summary>Its host name, which findings use.</summary>
    public string Name => VaultUri.Authority;
}
