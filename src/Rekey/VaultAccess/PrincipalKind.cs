namespace Rekey.VaultAccess;

/// <summary>The kinds of principals. An unknown kind counts as a person, so that a new kind cannot hide persons.</summary>
public enum PrincipalKind
{
    Unknown,
    User,
    Group,
    ServicePrincipal,
}
