namespace Rekey.VaultAccess;

/// <summary>A service principal.</summary>
/// <param name="ResourceId">Of a managed identity: the resource that is it or bears it.</param>
/// <param name="Owners">Of it and of its application, where that is in this directory.</param>
public sealed record ServicePrincipalFacts(string? ResourceId, IReadOnlyDictionary<string, PrincipalKind> Owners);
