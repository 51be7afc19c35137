using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Rights;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess;

/// <summary>An access policy with an application is another right than one without, and than one with another application.</summary>
public sealed class ApplicationPolicyTests
{
    private static readonly string One = AzureEstate.Id(701);
    private static readonly string Other = AzureEstate.Id(702);

    /// <summary>What is declared, what there is, and what is found; <c>-</c> is a policy without an application.</summary>
    [Theory]
    [InlineData("", "-", "vault-grant-undeclared policy")]
    [InlineData("", "1", "vault-grant-undeclared policy/1")]
    [InlineData("-", "-", "")]
    [InlineData("-", "1", "vault-grant-missing, vault-grant-undeclared policy/1")]
    [InlineData("-", "- 1", "vault-grant-undeclared policy/1")]
    [InlineData("1", "", "vault-grant-missing 1")]
    [InlineData("1", "1", "")]
    [InlineData("1", "-", "vault-grant-missing 1, vault-grant-undeclared policy")]
    [InlineData("1", "2", "vault-grant-missing 1, vault-grant-undeclared policy/2")]
    [InlineData("1", "1 2", "vault-grant-undeclared policy/2")]
    [InlineData("- 1", "- 1", "")]
    [InlineData("- 1", "-", "vault-grant-missing 1")]
    [InlineData("- 1", "1", "vault-grant-missing")]
    public async Task A_declared_grant_covers_its_own_application_only(string declared, string actual, string expected)
    {
        var vault = new ProdVault(PermissionModel.AccessPolicies);
        var program = vault.Azure.AddIdentity();
        foreach (var application in declared.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            vault.Grants.Add(
                new
                {
                    principalId = program,
                    principalType = "ServicePrincipal",
                    dataActions = ProdVault.Sign,
                    applicationId = IdOf(application)?.ToUpperInvariant(),
                }
            );
        }

        foreach (var application in actual.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            vault.Azure.Vault = vault.Azure.Vault! with
            {
                Policies = [.. vault.Azure.Vault.Policies, new(program, IdOf(application), ["get", "sign"], [], [])],
            };
        }

        var found = (await vault.JudgeAsync()).Where(d => d.Evidence.GetValueOrDefault("principal") == program).ToList();
        Assert.Equal(
            expected.Split(", ", StringSplitOptions.RemoveEmptyEntries),
            found.Select(d => d.FindingKind + Said(d.FindingKind, d.Evidence)).Order(StringComparer.Ordinal)
        );

        // The sentence and the id of each finding name the application.
        Assert.Equal(found.Count, found.Select(d => d.FindingId).Distinct().Count());
        Assert.All(found.Where(d => d.Evidence["application"].Length > 0), d =>
        {
            Assert.Contains($"access policy through application {d.Evidence["application"]}", d.Sentence, StringComparison.Ordinal);
            Assert.Contains(d.Evidence["application"], d.What, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task It_is_a_kind_of_its_own_and_a_person_behind_it_is_one_in_production()
    {
        var vault = new ProdVault(PermissionModel.AccessPolicies);
        var person = vault.Azure.Add(PrincipalKind.User);
        vault.Azure.Vault = vault.Azure.Vault! with { Policies = [.. vault.Azure.Vault.Policies, new(person, One, ["sign"], [], [])] };
        var access = Assert.Single(EffectiveAccess.Of(await vault.Azure.ReadAsync()), a => a.PrincipalId == person);
        Assert.Equal((GrantKind.ApplicationAccessPolicy, One), (access.Grant!.Kind, access.Grant.ApplicationId));
        var human = Assert.Single(await vault.JudgeAsync(), d => d.FindingKind == Human);
        Assert.Equal($"access policy through application {One}", human.Evidence["through"]);
    }

    [Theory]
    [InlineData(PermissionModel.AccessPolicies, true, "00000000-0000-4000-8000-000000000701", null)]
    [InlineData(PermissionModel.AccessPolicies, true, "my application", "is not the id of an application")]
    [InlineData(PermissionModel.AccessPolicies, false, "00000000-0000-4000-8000-000000000701", "only an access policy has an application")]
    [InlineData(PermissionModel.Rbac, true, "00000000-0000-4000-8000-000000000701", "only an access policy has an application")]
    public void Where_no_application_can_be_a_declaration_names_none(
        PermissionModel model,
        bool active,
        string application,
        string? mistake
    )
    {
        var vault = new ProdVault(model);
        vault.Grants.Add(
            new
            {
                principalId = AzureEstate.Id(7),
                principalType = "ServicePrincipal",
                role = "Any role",
                dataActions = ProdVault.Sign,
                active,
                applicationId = application,
            }
        );
        var mistakes = string.Join(' ', DeclarationReader.Read(vault.Text).Mistakes);
        Assert.Equal(mistake is null, mistakes.Length == 0);
        Assert.Contains(mistake ?? "", mistakes, StringComparison.Ordinal);
    }

    private static string? IdOf(string application) =>
        application switch
        {
            "1" => One,
            "2" => Other,
            _ => null,
        };

    private static string Said(string kind, IReadOnlyDictionary<string, string> evidence)
    {
        var application =
            evidence["application"] == One ? "1"
            : evidence["application"] == Other ? "2"
            : "";
        return kind == Undeclared ? $" policy{(application.Length > 0 ? "/" : "")}{application}"
            : application.Length > 0 ? $" {application}"
            : "";
    }
}
