namespace Rekey.Infra.Tests.Rules.Rights;

/// <summary>One right on a vault.</summary>
/// <param name="Vault">The name of the vault's key; <c>*</c> for all vaults of the resource group.</param>
/// <param name="Principal">The identity's name where the deployment makes it, else an id.</param>
/// <param name="Kind">As the assignment says it. Access policies do not say: there it is the kind that the app is told; null when it is
/// told nothing.</param>
/// <param name="Role">The role's name; <c>access policy</c> where it is one.</param>
/// <param name="Active">False where it must be activated first.</param>
internal sealed record VaultRight(
    string Vault,
    string PrincipalId,
    string Principal,
    string? Kind,
    string Role,
    bool Active,
    IReadOnlyList<string> DataActions,
    IReadOnlyList<string> Actions,
    string? Condition
)
{
    public string Line => $"{Vault}: {Principal} {(Active ? "is" : "may become")} {Role}";

    public bool Gives(string operation) =>
        DataActions.Any(a => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(a, $"Microsoft.KeyVault/vaults/{operation}"));
}
