namespace Rekey.VaultAccess.Declared;

/// <summary>The app's own identity in a vault that holds governed keys.</summary>
/// <param name="PrincipalId">Object id of the app's identity.</param>
/// <param name="LetInBy">Its sources in the vault's firewall: resource ids of private endpoints and subnets, address ranges. Null if not
/// declared.</param>
public sealed record DeclaredRotator(string PrincipalId, IReadOnlyList<string>? LetInBy);
