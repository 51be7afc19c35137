using System.Security.Cryptography;
using System.Text;

namespace Rekey.VaultAccess.Declared;

/// <summary>The declared vault access, which the last deployment wrote to the settings.</summary>
/// <param name="Environment">Such as <c>prod</c>.</param>
/// <param name="IsProduction">Whether persons must not have access.</param>
/// <param name="ForeignPrincipals">Object ids of the other environments' identities.</param>
public sealed record Declaration(
    string Environment,
    bool IsProduction,
    PermissionModel PermissionModel,
    IReadOnlyList<DeclaredVault> Vaults,
    IReadOnlyList<string> ForeignPrincipals
)
{
    /// <summary>Returns the SHA-256 of a declaration's text in UTF-8, lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
