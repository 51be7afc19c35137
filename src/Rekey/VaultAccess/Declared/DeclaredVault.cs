namespace Rekey.VaultAccess.Declared;

/// <summary>What was declared of one vault.</summary>
/// <param name="AddressRules">Addresses that its firewall lets in.</param>
/// <param name="Subnets">Subnets that its firewall lets in.</param>
/// <param name="IsOpen">True where everybody may reach its address.</param>
/// <param name="RetentionDays">Days that the audit log is kept; null where that is not declared.</param>
/// <param name="HardwareKeys">Whether every key must be in hardware and not exportable.</param>
/// <param name="FederatedCredentials">Credentials from outside that its identities may have: <c>issuer|subject</c>.</param>
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
    /// <summary>Object ids of service principals that may act as its identities, such as that of a pipeline which deploys what runs as an
    /// issuer.</summary>
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
