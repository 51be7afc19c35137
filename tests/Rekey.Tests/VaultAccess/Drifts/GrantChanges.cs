using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Rights that somebody gives or takes by role: to persons, programs and groups, at any scope, and by what a role means.</summary>
internal static class GrantChanges
{
    public static readonly IReadOnlyList<Change> All =
    [
        DirectPerson,
        UnknownKind,
        LyingType,
        DirectServicePrincipal,
        GroupOfPeople,
        NestedGroup,
        EmptyGroup,
        PersonJoinsDeclaredGroup,
        Eligible,
        Activated,
        ReaderChangesNothing,
        CustomRoleGrown,
        CustomRoleWithHoles,
        SecretsOnly,
        DeclaredGoes,
        DeclaredShrinks,
        BreakGlassGoes,
        BreakGlassStands,
    ];

    private static Func<Actual, IEnumerable<string>> DirectPerson(ProdVault v, Random dice)
    {
        var (person, scope) = (v.Azure.Add(PrincipalKind.User), Pick(dice, Scopes));
        v.Azure.Assign(person, v.Officer, scope);
        return a => a.IsRbac ? [Of(Undeclared, person, v.Officer, scope), Of(Human, person)] : [];
    }

    private static Func<Actual, IEnumerable<string>> UnknownKind(ProdVault v, Random dice)
    {
        var agent = v.Azure.Add(PrincipalKind.Unknown);
        v.Azure.Assign(agent, v.Signer, type: Pick(dice, "AgentUser", "Device", "ForeignGroup", "AgentServicePrincipal", ""));
        return a => a.IsRbac ? [Of(Undeclared, agent, v.Signer), Of(Human, agent)] : [];
    }

    private static Func<Actual, IEnumerable<string>> LyingType(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.Azure.Assign(person, v.Signer, type: Pick(dice, "ServicePrincipal", "Group"));
        return a => a.IsRbac ? [Of(Undeclared, person, v.Signer), Of(Human, person)] : [];
    }

    private static Func<Actual, IEnumerable<string>> DirectServicePrincipal(ProdVault v, Random dice)
    {
        var (app, scope) = (v.Azure.AddIdentity(), Pick(dice, Scopes));
        v.Azure.Assign(app, v.Signer, scope);
        return a => a.IsRbac ? [Of(Undeclared, app, v.Signer, scope)] : [];
    }

    private static Func<Actual, IEnumerable<string>> GroupOfPeople(ProdVault v, Random dice)
    {
        var people = Enumerable.Range(0, dice.Next(1, 4)).Select(_ => v.Azure.Add(PrincipalKind.User)).ToList();
        var (group, scope) = (v.Azure.AddGroup([.. people, v.Azure.AddIdentity()]), Pick(dice, Scopes));
        v.Azure.Assign(group, v.Signer, scope);
        return a => a.IsRbac ? [Of(Undeclared, group, v.Signer, scope), OfGroup(Human, group, people)] : [];
    }

    private static Func<Actual, IEnumerable<string>> NestedGroup(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var inner = v.Azure.AddGroup(person);
        var outer = v.Azure.AddGroup(inner, person);
        v.Azure.Assign(outer, v.Rotator);
        return a => a.IsRbac ? [Of(Undeclared, outer, v.Rotator), OfGroup(Human, outer, [person])] : [];
    }

    private static Func<Actual, IEnumerable<string>> EmptyGroup(ProdVault v, Random dice)
    {
        var group = v.Azure.AddGroup();
        v.Azure.Assign(group, v.Signer);
        return a => a.IsRbac ? [Of(Undeclared, group, v.Signer)] : [];
    }

    private static Func<Actual, IEnumerable<string>> PersonJoinsDeclaredGroup(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var group = v.Azure.AddGroup(v.Azure.AddIdentity(), person);
        v.Declare(group, v.Signer, ProdVault.Sign);
        return a => a.IsDeclaredModel ? [OfGroup(Human, group, [person])] : [];
    }

    private static Func<Actual, IEnumerable<string>> Eligible(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.Azure.MakeEligible(person, v.Officer);
        return a => a.IsRbac ? [About(Undeclared, $"{person}|eligible {v.Officer.Id}|{AzureEstate.VaultId}"), Of(Human, person)] : [];
    }

    /// <summary>Declared eligibilities may be activated; standing is something else.</summary>
    private static Func<Actual, IEnumerable<string>> Activated(ProdVault v, Random dice)
    {
        v.Azure.Activate(v.Responder, v.Eligibility);
        return _ => [];
    }

    private static Func<Actual, IEnumerable<string>> ReaderChangesNothing(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Reader, AzureEstate.Subscription);
        return _ => [];
    }

    /// <summary>The role keeps its name and gives more: everybody who has it has more than was declared.</summary>
    private static Func<Actual, IEnumerable<string>> CustomRoleGrown(ProdVault v, Random dice)
    {
        var more = Pick(
            dice,
            "Microsoft.KeyVault/vaults/keys/backup/action",
            "Microsoft.KeyVault/vaults/keys/*",
            "Microsoft.KeyVault/vaults/keys/rotateAndTell/action",
            "*/sign/action"
        );
        v.Azure.Roles[v.Rotator.Id] = v.Rotator with { Permissions = [.. v.Rotator.Permissions, new([], [], [more], [])] };
        return a =>
            a.IsRbac && v.Model is PermissionModel.Rbac && v.Azure.Assignments.Exists(x => x.PrincipalId == v.Rekey)
                ? [Of(Undeclared, v.Rekey, v.Rotator)]
                : [];
    }

    /// <summary>What is left out is not given, in its own entry only.</summary>
    private static Func<Actual, IEnumerable<string>> CustomRoleWithHoles(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var isEmpty = dice.Next(2) == 0;
        var role = v.Azure.AddRole($"Holes {person}", isCustom: true, []);
        role = v.Azure.Roles[role.Id] = role with
        {
            Permissions =
            [
                new(["*"], ["*"], ["Microsoft.KeyVault/vaults/*"], ["Microsoft.KeyVault/*"]),
                new([], [], isEmpty ? [] : ["Microsoft.KeyVault/vaults/keys/sign/action"], []),
            ],
        };
        v.Azure.Assign(person, role);
        return a => a.IsRbac && !isEmpty ? [Of(Undeclared, person, role), Of(Human, person)] : [];
    }

    /// <summary>What is below the vault gives only what is there: a right on keys, given at a secret, is none.</summary>
    private static Func<Actual, IEnumerable<string>> SecretsOnly(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Signer, $"{AzureEstate.VaultId}/secrets/unrelated");
        return _ => [];
    }

    private static Func<Actual, IEnumerable<string>> DeclaredGoes(ProdVault v, Random dice)
    {
        v.Revoke(v.Issuers[0]);
        return a => a.IsDeclaredModel ? [About(Missing, $"{v.Issuers[0]}|{v.Signer.Name}")] : [];
    }

    private static Func<Actual, IEnumerable<string>> DeclaredShrinks(ProdVault v, Random dice)
    {
        var app = v.Azure.AddIdentity();
        v.Declare(app, v.Reader, [.. ProdVault.Data("read", "verify/action")]);
        if (v.Model is PermissionModel.AccessPolicies)
        {
            v.SetPolicy(app, "get", "list");
        }

        return a => a.IsDeclaredModel ? [About(Missing, $"{app}|{v.Reader.Name}")] : [];
    }

    private static Func<Actual, IEnumerable<string>> BreakGlassGoes(ProdVault v, Random dice)
    {
        var group = v.Azure.AddGroup(v.Azure.Add(PrincipalKind.User));
        v.Grants.Add(
            new
            {
                principalId = group,
                principalType = "Group",
                role = v.Officer.Name,
                active = false,
                why = "second break-glass",
            }
        );
        return a => a.IsDeclaredModel ? [About(Missing, $"{group}|eligible {v.Officer.Name}")] : [];
    }

    /// <summary>Whoever may activate a right by declaration has no standing one by it.</summary>
    private static Func<Actual, IEnumerable<string>> BreakGlassStands(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.BreakGlass, v.Officer);
        return a => a.IsRbac ? [Of(Undeclared, v.BreakGlass, v.Officer), OfGroup(Human, v.BreakGlass, [v.Responder])] : [];
    }
}
