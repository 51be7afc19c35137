namespace Rekey.VaultAccess.Roles;

/// <summary>The data of Privileged Identity Management about a resource.</summary>
/// <param name="Activations">The eligibility behind each activation, by the id of its role assignment.</param>
public sealed record EligibilityFacts(IReadOnlyList<Eligibility> Eligibilities, IReadOnlyDictionary<string, string> Activations);
