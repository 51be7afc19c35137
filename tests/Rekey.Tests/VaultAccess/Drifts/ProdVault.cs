using System.Text.Json;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>The estate as a deployment leaves it, in either permission model: issuers sign, Rekey rotates, and a break-glass group may
/// activate.</summary>
public sealed class ProdVault
{
    public static readonly string[] Sign = [.. Data("read", "sign/action")];
    public static readonly string[] Rotate = [.. Data("read", "rotate/action", "update/action")];

    public ProdVault(PermissionModel model = PermissionModel.Rbac, string environment = "prod", int issuers = 2)
    {
        Model = model;
        Environment = environment;
        Signer = Azure.AddRole("Key signer (custom)", isCustom: true, Sign);
        Rotator = Azure.AddRole("Key rotator (custom)", isCustom: true, Rotate);
        Officer = Azure.AddRole(
            "Key Vault Crypto Officer",
            isCustom: false,
            ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*"]
        );
        Owner = Azure.AddRole("Owner", isCustom: false, [], ["*"]);
        Reader = Azure.AddRole("Reader", isCustom: false, [], ["*/read"]);
        Contributor = Azure.Roles[AzureEstate.Id(900)] = new(
            AzureEstate.Id(900),
            "Contributor",
            IsCustom: false,
            [
                new(
                    ["*"],
                    ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"],
                    [],
                    []
                ),
            ]
        );
        for (var i = 0; i < issuers; i++)
        {
            Declare(Azure.AddIdentity(), Signer, Sign);
        }

        Rekey = Azure.AddIdentity();
        Declare(Rekey, Rotator, Rotate);
        Responder = Azure.Add(PrincipalKind.User);
        BreakGlass = Azure.AddGroup(Responder);
        Eligibility = Azure.MakeEligible(BreakGlass, Officer);
        Grants.Add(
            new
            {
                principalId = BreakGlass,
                principalType = "Group",
                role = Officer.Id,
                active = false,
                why = "break-glass",
            }
        );
        Foreign = Azure.AddIdentity();
        Azure.Vault = Azure.Vault! with { IsRbac = model is PermissionModel.Rbac };
    }

    public AzureEstate Azure { get; } = new();

    public PermissionModel Model { get; }

    public string Environment { get; }

    public RoleDefinition Signer { get; }

    public RoleDefinition Rotator { get; }

    /// <summary>Whether its role gives more now than it was declared to.</summary>
    public bool HasGrownRotator => Azure.Roles[Rotator.Id].Permissions.Count > 1;

    public RoleDefinition Officer { get; }

    public RoleDefinition Owner { get; }

    public RoleDefinition Reader { get; }

    public RoleDefinition Contributor { get; }

    /// <summary>Principals that sign, by declaration.</summary>
    public List<string> Issuers { get; } = [];

    public string Rekey { get; }

    public string BreakGlass { get; }

    /// <summary>A person in the break-glass group.</summary>
    public string Responder { get; }

    public Eligibility Eligibility { get; }

    /// <summary>An identity of another environment.</summary>
    public string Foreign { get; }

    public List<object> Grants { get; } = [];

    public Dictionary<string, object?> More { get; } = [];

    public string Text =>
        JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["environment"] = Environment,
                ["permissionModel"] = Model is PermissionModel.Rbac ? "rbac" : "accessPolicies",
                ["vaults"] = OtherVaults
                    .Select(id => new Dictionary<string, object?>
                    {
                        ["vaultUri"] = $"https://{id.Split('/')[^1]}.vault.azure.net/",
                        ["resourceId"] = id,
                        ["grants"] = Array.Empty<object>(),
                    })
                    .Append(
                        new(More)
                        {
                            ["vaultUri"] = $"https://{AzureEstate.Host}/",
                            ["resourceId"] = AzureEstate.VaultId,
                            ["grants"] = Grants,
                            ["network"] = "deny",
                            ["bypass"] = "None",
                            ["privateEndpoints"] = new[] { AzureEstate.Endpoint },
                            ["rotator"] = HasRotator ? new { principalId = Rekey.ToUpperInvariant(), letInBy = LetInBy } : null,
                            ["purgeProtection"] = true,
                            ["softDeleteDays"] = 90,
                            ["retentionDays"] = 730,
                            ["diagnostics"] = new[]
                            {
                                new
                                {
                                    name = "audit-to-la",
                                    workspaceId = AzureEstate.Workspace,
                                    storageAccountId = AzureEstate.Archive,
                                    logAnalyticsDestinationType = "Dedicated",
                                },
                            },
                        }
                    ),
                ["foreignPrincipals"] = new[] { Foreign },
            }
        );

    /// <summary>Whether the declaration says who must be able to rotate.</summary>
    public bool HasRotator { get; set; } = true;

    /// <summary>Vaults that are declared before this one, by resource id.</summary>
    public List<string> OtherVaults { get; } = [];

    /// <summary>By what Rekey comes through the vault's firewall; null where nobody says.</summary>
    public string[]? LetInBy { get; set; } = [AzureEstate.Endpoint];

    public Declaration Declaration =>
        DeclarationReader.Read(Text) is { Declaration: { } read }
            ? read
            : throw new InvalidOperationException(string.Join(' ', DeclarationReader.Read(Text).Mistakes));

    public async Task<IReadOnlyList<Drift>> JudgeAsync() => DriftJudge.Judge(Declaration, Declaration.Vaults[0], await Azure.ReadAsync());

    /// <summary>Kinds and subjects of what is found, sorted.</summary>
    public async Task<IReadOnlyList<string>> FoundAsync() =>
        [.. (await JudgeAsync()).Select(ReportedFindings.Of).Order(StringComparer.Ordinal)];

    public void Declare(string principal, RoleDefinition role, string[] dataActions)
    {
        if (role == Signer)
        {
            Issuers.Add(principal);
        }

        Grants.Add(
            new
            {
                principalId = principal,
                principalType = $"{Azure.Directory[principal]}",
                role = role.Name,
                dataActions,
                active = true,
                why = "as deployed",
            }
        );
        if (Model is PermissionModel.Rbac)
        {
            Azure.Assign(principal, role);
        }
        else
        {
            SetPolicy(principal, [.. dataActions.SelectMany(PermissionsOf)]);
        }
    }

    /// <summary>Gives a principal these permissions on keys by access policy, or none at all.</summary>
    public void SetPolicy(string principal, params string[] keys)
    {
        var others = Azure.Vault!.Policies.Where(p => p.ObjectId != principal);
        Azure.Vault = Azure.Vault with
        {
            Policies = keys.Length == 0 ? [.. others] : [.. others, new(principal, ApplicationId: null, keys, [], [])],
        };
    }

    public void Revoke(string principal)
    {
        Azure.Assignments.RemoveAll(a => a.PrincipalId == principal);
        SetPolicy(principal);
    }

    public static IEnumerable<string> Data(params IEnumerable<string> operations) =>
        operations.Select(o => $"Microsoft.KeyVault/vaults/keys/{o}");

    private static IEnumerable<string> PermissionsOf(string action) =>
        action.Split('/') is [.., "read"] ? ["get", "list"] : [action.Split('/')[^2]];
}
