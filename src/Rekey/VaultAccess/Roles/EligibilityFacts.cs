namespace Rekey.VaultAccess.Roles;

/// <summary>What Privileged Identity Management says of a resource.</summary>
/// <param name="Activations">Id of a role assignment, and of the eligibility that it is an activation of.</param>
public sealed record EligibilityFacts(IReadOnlyList<Eligibility> Eligibilities, IReadOnlyDictionary<string, string> Activations);
