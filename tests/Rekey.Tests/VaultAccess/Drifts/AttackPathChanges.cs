using Rekey.VaultAccess;
using Rekey.VaultAccess.Roles;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>Ways round: who can act as somebody that has a right (T23).</summary>
internal static class AttackPathChanges
{
    public static readonly IReadOnlyList<Change> All =
    [
        OwnerAbove,
        ContributorAbove,
        OwnerOfIdentity,
        OwnerOfGroup,
        WriterOfCompute,
        CrowdOnCompute,
        GroupThatOwns,
        Pipeline,
        Assigner,
        Federated,
    ];

    private static Func<Actual, IEnumerable<string>> OwnerAbove(ProdVault v, Random dice)
    {
        var (person, scope) = (
            v.Azure.Add(PrincipalKind.User),
            Pick(dice, AzureEstate.Group, AzureEstate.Subscription, AzureEstate.Management, VaultScope.Root)
        );
        v.Azure.Assign(person, v.Owner, scope);
        return a => [Of(Undeclared, person, v.Owner, scope), Of(Human, person), .. Force.Steers(v, a, person)];
    }

    private static Func<Actual, IEnumerable<string>> ContributorAbove(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.Azure.Assign(person, v.Contributor, AzureEstate.Subscription);
        return a => [Of(Undeclared, person, v.Contributor, AzureEstate.Subscription), Of(Human, person), .. Force.Steers(v, a, person)];
    }

    private static Func<Actual, IEnumerable<string>> OwnerOfIdentity(ProdVault v, Random dice)
    {
        var (person, app) = (v.Azure.Add(PrincipalKind.User), v.Azure.Add(PrincipalKind.ServicePrincipal));
        v.Declare(app, v.Signer, ProdVault.Sign);
        v.Azure.Owners[app] = [person];
        return a => a.IsDeclaredModel ? [Of(Indirect, person)] : [];
    }

    private static Func<Actual, IEnumerable<string>> OwnerOfGroup(ProdVault v, Random dice)
    {
        var (person, group) = (v.Azure.Add(PrincipalKind.User), v.Azure.AddGroup(v.Azure.AddIdentity()));
        v.Declare(group, v.Signer, ProdVault.Sign);
        v.Azure.Owners[group] = [person];
        return a => a.IsDeclaredModel ? [Of(Indirect, person)] : [];
    }

    /// <summary>A group may deploy to what runs as an issuer, and its owner may join it: two people, two and three steps.</summary>
    private static Func<Actual, IEnumerable<string>> WriterOfCompute(ProdVault v, Random dice)
    {
        var (developer, lead) = (v.Azure.Add(PrincipalKind.User), v.Azure.Add(PrincipalKind.User));
        var compute =
            AzureEstate.Group
            + Pick(
                dice,
                "/providers/Microsoft.Web/sites/issuer",
                "/providers/Microsoft.Compute/virtualMachines/issuer",
                "/providers/Microsoft.New/things/issuer"
            );
        var group = v.Azure.AddGroup(developer);
        v.Azure.Owners[group] = [lead];
        v.Azure.Carriers[v.Azure.Identities[v.Issuers[1]]] =
        [
            .. v.Azure.Carriers.GetValueOrDefault(v.Azure.Identities[v.Issuers[1]], []),
            compute,
        ];
        v.Azure.Assign(group, v.Contributor, compute);
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Reader, compute);
        return a =>
            Force.HasRight(v, a, v.Issuers[1])
                ? [OfGroup(Indirect, $"{group}|{v.Contributor.Id}|{compute}", [developer]), Of(Indirect, lead)]
                : [];
    }

    /// <summary>However many are in a group, nested ones too, its right is one way; one of them who has it alone besides goes
    /// another.</summary>
    private static Func<Actual, IEnumerable<string>> CrowdOnCompute(ProdVault v, Random dice)
    {
        var people = Enumerable
            .Range(0, dice.Next(0, 25))
            .Select(_ => v.Azure.Add(Pick(dice, PrincipalKind.User, PrincipalKind.Unknown)))
            .ToList();
        var programs = Enumerable.Range(0, dice.Next(0, 3)).Select(_ => v.Azure.Add(PrincipalKind.ServicePrincipal)).ToList();
        var (compute, declared) = (
            $"{AzureEstate.Group}/providers/Microsoft.App/containerApps/crowded",
            v.Azure.Add(PrincipalKind.ServicePrincipal)
        );
        var group = v.Azure.AddGroup([.. people, .. programs, declared, v.Azure.AddGroup(people.Take(3))]);
        v.Grants.Add(
            new
            {
                principalId = declared,
                principalType = "ServicePrincipal",
                role = v.Reader.Name,
                dataActions = Array.Empty<string>(),
                why = "it deploys",
            }
        );
        v.Azure.Assign(declared, v.Reader);
        v.Azure.Carriers[v.Azure.Identities[v.Issuers[1]]] =
        [
            .. v.Azure.Carriers.GetValueOrDefault(v.Azure.Identities[v.Issuers[1]], []),
            compute,
        ];
        v.Azure.Assign(group, v.Contributor, compute);
        var alone = dice.Next(2) == 0 && people.Count > 0 ? people[0] : null;
        if (alone is not null)
        {
            v.Azure.Assign(alone, v.Contributor, compute);
        }

        return a =>
            !Force.HasRight(v, a, v.Issuers[1])
                ? []
                :
                [
                    .. people.Count + programs.Count > 0
                        ? [OfGroup(Indirect, $"{group}|{v.Contributor.Id}|{compute}", people, programs)]
                        : Array.Empty<string>(),
                    .. alone is null ? Array.Empty<string>() : [Of(Indirect, alone)],
                ];
    }

    /// <summary>The same people by two rights of their group are two mistakes, each to be taken away by itself.</summary>
    private static Func<Actual, IEnumerable<string>> GroupThatOwns(ProdVault v, Random dice)
    {
        var people = Enumerable.Range(0, dice.Next(1, 4)).Select(_ => v.Azure.Add(PrincipalKind.User)).ToList();
        var (group, one, other) = (
            v.Azure.AddGroup(people),
            v.Azure.Add(PrincipalKind.ServicePrincipal),
            v.Azure.Add(PrincipalKind.ServicePrincipal)
        );
        v.Declare(one, v.Signer, ProdVault.Sign);
        v.Declare(other, v.Signer, ProdVault.Sign);
        (v.Azure.Owners[one], v.Azure.Owners[other]) = ([group], [group]);
        return a =>
            a.IsDeclaredModel
                ?
                [
                    OfGroup(Indirect, $"{group}|owner of application {one}", people),
                    OfGroup(Indirect, $"{group}|owner of application {other}", people),
                ]
                : [];
    }

    /// <summary>Of the pipelines that deploy to what runs as an issuer, the one that nobody declared is a way round; whoever has its
    /// secret goes it, and it has no owner.</summary>
    private static Func<Actual, IEnumerable<string>> Pipeline(ProdVault v, Random dice)
    {
        var (stranger, declared) = (v.Azure.Add(PrincipalKind.ServicePrincipal), v.Azure.Add(PrincipalKind.ServicePrincipal));
        var compute = $"{AzureEstate.Group}/providers/Microsoft.Web/sites/pipelined";
        v.Azure.Carriers[v.Azure.Identities[v.Issuers[0]]] = [compute];
        v.Azure.Assign(stranger, v.Contributor, compute);
        v.Azure.Assign(declared, v.Contributor, compute);
        v.More["indirectPrincipals"] = new[] { declared.ToUpperInvariant() };
        return a => Force.HasRight(v, a, v.Issuers[0]) ? [Of(Indirect, stranger)] : [];
    }

    private static Func<Actual, IEnumerable<string>> Assigner(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var role = v.Azure.AddRole(
            "Managed Identity Operator",
            isCustom: false,
            [],
            [
                Pick(
                    dice,
                    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
                    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
                    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"
                ),
            ]
        );
        v.Azure.Assign(person, role, v.Azure.Identities[v.Rekey]);
        var reaches =
            ActionPattern.Matches(role.Permissions[0].Actions[0], "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action")
            || ActionPattern.Matches(
                role.Permissions[0].Actions[0],
                "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write"
            );
        return a => reaches && Force.HasRight(v, a, v.Rekey) ? [Of(Indirect, person)] : [];
    }

    private static Func<Actual, IEnumerable<string>> Federated(ProdVault v, Random dice)
    {
        v.Azure.Federated[v.Azure.Identities[v.Rekey]] =
        [
            "https://token.actions.githubusercontent.com|repo:contoso/shop:ref:refs/heads/main",
            "https://issuer.example|declared",
        ];
        v.More["federatedCredentials"] = new[] { "https://issuer.example|declared" };
        return a =>
            Force.HasRight(v, a, v.Rekey)
                ? [About(Indirect, "https://token.actions.githubusercontent.com|repo:contoso/shop:ref:refs/heads/main")]
                : [];
    }
}
