namespace Rekey.VaultAccess.Reading;

/// <summary>The network access to a vault.</summary>
/// <param name="IsPublic">False if public network access is disabled: private endpoints only.</param>
/// <param name="AllowsAll">True if the firewall allows every network, or there is none.</param>
public sealed record VaultNetwork(bool IsPublic, bool AllowsAll, IReadOnlyList<string> AddressRules, IReadOnlyList<string> Subnets)
{
    /// <summary>Whether trusted Microsoft services bypass the firewall (<c>networkAcls.bypass</c>), even without public access.</summary>
    public bool LetsServicesBy { get; init; }

    /// <summary>The resource ids of connected private endpoints.</summary>
    public IReadOnlyList<string> PrivateEndpoints { get; init; } = [];

    /// <summary>Whether every address on the internet can connect.</summary>
    public bool IsOpen => IsPublic && AllowsAll;
}
