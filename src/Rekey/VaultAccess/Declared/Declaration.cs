using System.Security.Cryptography;
using System.Text;

namespace Rekey.VaultAccess.Declared;

/// <summary>Who may do what, as the last deployment carried it into the settings.</summary>
/// <param name="Environment">Such as <c>prod</c>.</param>
/// <param name="IsProduction">Whether people have no place in it.</param>
/// <param name="ForeignPrincipals">Object ids of the other environments' identities.</param>
public sealed record Declaration(
    string Environment,
    bool IsProduction,
    PermissionModel PermissionModel,
    IReadOnlyList<DeclaredVault> Vaults,
    IReadOnlyList<string> ForeignPrincipals
)
{
    /// <summary>SHA-256 of a declaration's text in UTF-8, lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
