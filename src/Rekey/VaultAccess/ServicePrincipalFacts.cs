namespace Rekey.VaultAccess;

/// <summary>A service principal.</summary>
/// <param name="ResourceId">The resource of a managed identity: the identity itself, or its host.</param>
/// <param name="Owners">Its owners, and those of its application if that is in this directory.</param>
public sealed record ServicePrincipalFacts(string? ResourceId, IReadOnlyDictionary<string, PrincipalKind> Owners);
