namespace Rekey.Local.ResourceManager;

/// <summary>A vault as the management plane has it.</summary>
public sealed record ArmVault(string Id, Uri Address)
{
    public bool IsRbac { get; init; } = true;

    /// <summary>Object id, and permissions on keys.</summary>
    public IReadOnlyDictionary<string, string[]> Policies { get; init; } = new Dictionary<string, string[]>();

    public bool IsPublic { get; init; }

    public bool AllowsAll { get; init; }

    /// <summary>Whether the firewall admits trusted services of Azure.</summary>
    public bool LetsServicesBy { get; init; }

    public IReadOnlyList<string> AddressRules { get; init; } = [];

    /// <summary>Subnets that the firewall admits, by resource id.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Private endpoints that are connected, by their resource ids.</summary>
    public IReadOnlyList<string> PrivateEndpoints { get; init; } = [];

    public bool PurgeProtection { get; init; } = true;

    public int SoftDeleteDays { get; init; } = 90;

    public IReadOnlyList<ArmDiagnostics> Diagnostics { get; init; } = [];
}
