using Rekey.Core;

namespace Rekey.Trust.Vaults;

/// <summary>The reasons why a vault refuses, as stable codes in <see cref="CannotContinueException.Reason"/>.</summary>
public static class VaultReasons
{
    public const string NotFound = "key-not-found";
    public const string Deleted = "key-deleted";
    public const string Forbidden = "vault-forbidden";
    public const string Firewall = "vault-firewall";
    public const string Disabled = "key-disabled";
    public const string Managed = "key-managed-by-certificate";
    public const string Unauthorized = "vault-unauthorized";
    public const string BadRequest = "vault-bad-request";

    /// <summary>Rekey's own code for a vault that does not answer.</summary>
    public const string Unreachable = "vault-unreachable";
}
