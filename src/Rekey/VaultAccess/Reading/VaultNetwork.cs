namespace Rekey.VaultAccess.Reading;

/// <summary>Who gets to the vault's address.</summary>
/// <param name="IsPublic">False when public network access is disabled: private endpoints only.</param>
/// <param name="AllowsAll">True when the firewall lets everybody in, or there is none.</param>
public sealed record VaultNetwork(bool IsPublic, bool AllowsAll, IReadOnlyList<string> AddressRules, IReadOnlyList<string> Subnets)
{
    /// <summary>Whether the firewall lets trusted Microsoft services by (<c>networkAcls.bypass</c>), also where the network is not
    /// public.</summary>
    public bool LetsServicesBy { get; init; }

    /// <summary>Private endpoints that are connected, by their resource ids.</summary>
    public IReadOnlyList<string> PrivateEndpoints { get; init; } = [];

    /// <summary>Whether anybody on the internet gets to it.</summary>
    public bool IsOpen => IsPublic && AllowsAll;
}
