namespace Rekey.VaultAccess;

/// <summary>What kind of principal somebody is. What is not known counts as a person: whoever looks for people must not be fooled by a new
/// kind.</summary>
public enum PrincipalKind
{
    Unknown,
    User,
    Group,
    ServicePrincipal,
}
