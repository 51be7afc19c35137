using Rekey.VaultAccess;

namespace Rekey.Tests.VaultAccess;

/// <summary>What holds after all changes.</summary>
/// <param name="IsRbac">The vault's permission model now.</param>
/// <param name="IsDeclaredModel">Whether it is the declared one.</param>
public sealed record Actual(bool IsRbac, bool IsDeclaredModel);

/// <summary>A change, and the findings that it calls for once all changes are made.</summary>
public delegate Func<Actual, IEnumerable<string>> Change(ProdVault vault, Random dice);

/// <summary>Changes that somebody can make to a declared estate. Each has principals of its own, so that what it calls for does not depend on the others but by the permission model.</summary>
public static class Changes
{
    private const string Undeclared = "vault-grant-undeclared";
    private const string Missing = "vault-grant-missing";
    private const string Human = "vault-human-in-production";
    private const string ForeignKind = "vault-identity-foreign";
    private const string Indirect = "vault-reach-indirect";

    private static readonly string[] Scopes =
    [
        AzureEstate.VaultId, AzureEstate.Group, AzureEstate.Subscription, AzureEstate.Management, $"{AzureEstate.VaultId}/keys/login",
    ];

    public static readonly IReadOnlyList<Change> All =
    [
        DirectPerson, UnknownKind, LyingType, DirectServicePrincipal, GroupOfPeople, NestedGroup, EmptyGroup, PersonJoinsDeclaredGroup, Eligible, Activated, OwnerAbove, ContributorAbove, ReaderChangesNothing,
        CustomRoleGrown, CustomRoleWithHoles, DeclaredGoes, DeclaredShrinks, BreakGlassGoes, Policy, PolicyOfAnApplication, PolicyGrown, ModelFlipped, NetworkOpened, AddressLetIn, ServicesLetBy, EndpointConnected, PurgeProtectionOff, SoftDeleteShortened,
        DiagnosticsGone, RetentionShortened, KeyExportable, KeyInSoftware, ForeignIdentity, ForeignInGroup, OwnerOfIdentity, OwnerOfGroup, WriterOfCompute, Pipeline, Assigner, Federated, SecretsOnly,
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
        return a => a.IsRbac ? [Of(Undeclared, group, v.Signer, scope), Of(Human, group)] : [];
    }

    private static Func<Actual, IEnumerable<string>> NestedGroup(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var inner = v.Azure.AddGroup(person);
        var outer = v.Azure.AddGroup(inner, person);
        v.Azure.Assign(outer, v.Rotator);
        return a => a.IsRbac ? [Of(Undeclared, outer, v.Rotator), Of(Human, outer)] : [];
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
        return a => a.IsDeclaredModel ? [Of(Human, group)] : [];
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

    private static Func<Actual, IEnumerable<string>> OwnerAbove(ProdVault v, Random dice)
    {
        var (person, scope) = (v.Azure.Add(PrincipalKind.User), Pick(dice, AzureEstate.Group, AzureEstate.Subscription, AzureEstate.Management));
        v.Azure.Assign(person, v.Owner, scope);
        return a => [Of(Undeclared, person, v.Owner, scope), Of(Human, person), .. Steers(v, a, person)];
    }

    private static Func<Actual, IEnumerable<string>> ContributorAbove(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.Azure.Assign(person, v.Contributor, AzureEstate.Subscription);
        return a => [Of(Undeclared, person, v.Contributor, AzureEstate.Subscription), Of(Human, person), .. Steers(v, a, person)];
    }

    private static Func<Actual, IEnumerable<string>> ReaderChangesNothing(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Reader, AzureEstate.Subscription);
        return _ => [];
    }

    /// <summary>The role keeps its name and gives more: everybody who has it has more than was declared.</summary>
    private static Func<Actual, IEnumerable<string>> CustomRoleGrown(ProdVault v, Random dice)
    {
        var more = Pick(dice, "Microsoft.KeyVault/vaults/keys/backup/action", "Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keys/rotateAndTell/action", "*/sign/action");
        v.Azure.Roles[v.Rotator.Id] = v.Rotator with { Permissions = [.. v.Rotator.Permissions, new([], [], [more], [])] };
        return a => a.IsRbac && v.Model is PermissionModel.Rbac ? [Of(Undeclared, v.Rekey, v.Rotator)] : [];
    }

    /// <summary>What is left out is not given, in its own entry only.</summary>
    private static Func<Actual, IEnumerable<string>> CustomRoleWithHoles(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var isEmpty = dice.Next(2) == 0;
        var role = v.Azure.AddRole($"Holes {person}", isCustom: true, []);
        role = v.Azure.Roles[role.Id] = role with
        {
            Permissions = [new(["*"], ["*"], ["Microsoft.KeyVault/vaults/*"], ["Microsoft.KeyVault/*"]), new([], [], isEmpty ? [] : ["Microsoft.KeyVault/vaults/keys/sign/action"], [])],
        };
        v.Azure.Assign(person, role);
        return a => a.IsRbac && !isEmpty ? [Of(Undeclared, person, role), Of(Human, person)] : [];
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
        v.Grants.Add(new { principalId = group, principalType = "Group", role = v.Officer.Name, active = false, why = "second break-glass" });
        return a => a.IsDeclaredModel ? [About(Missing, $"{group}|eligible {v.Officer.Name}")] : [];
    }

    private static Func<Actual, IEnumerable<string>> Policy(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        v.SetPolicy(person, Pick(dice, "sign", "all", "ALL", "somethingNew"));
        return a => a.IsRbac ? [] : [About(Undeclared, $"{person}|policy|{AzureEstate.VaultId}"), Of(Human, person)];
    }

    private static Func<Actual, IEnumerable<string>> PolicyOfAnApplication(ProdVault v, Random dice)
    {
        var (person, app) = (v.Azure.Add(PrincipalKind.User), AzureEstate.Id(777));
        v.Azure.Vault = v.Azure.Vault! with { Policies = [.. v.Azure.Vault.Policies, new(person, app, [], ["get"], [])] };
        return a => a.IsRbac ? [] : [About(Undeclared, $"{person}|policy/{app}|{AzureEstate.VaultId}"), Of(Human, person)];
    }

    private static Func<Actual, IEnumerable<string>> PolicyGrown(ProdVault v, Random dice)
    {
        v.SetPolicy(v.Issuers[1], "get", "sign", Pick(dice, "backup", "decrypt", "all"));
        return a => a.IsRbac ? [] : [About(Undeclared, $"{v.Issuers[1]}|policy|{AzureEstate.VaultId}")];
    }

    private static Func<Actual, IEnumerable<string>> ModelFlipped(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { IsRbac = v.Model is not PermissionModel.Rbac };
        return _ => [About("vault-permission-model-flipped", "")];
    }

    private static Func<Actual, IEnumerable<string>> NetworkOpened(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { IsPublic = true, AllowsAll = true } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> AddressLetIn(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { IsPublic = true, AddressRules = ["203.0.113.0/24"] } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> ServicesLetBy(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { LetsServicesBy = true } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> EndpointConnected(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { PrivateEndpoints = [.. v.Azure.Vault.Network.PrivateEndpoints, $"{AzureEstate.Group}-other/providers/Microsoft.Network/privateEndpoints/another"] } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> PurgeProtectionOff(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { IsPurgeProtected = false };
        return _ => [About("vault-purge-protection-off", "")];
    }

    private static Func<Actual, IEnumerable<string>> SoftDeleteShortened(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { SoftDeleteDays = dice.Next(2) == 0 ? null : 7 };
        return _ => [About("vault-retention-shortened", "soft delete")];
    }

    private static Func<Actual, IEnumerable<string>> DiagnosticsGone(ProdVault v, Random dice)
    {
        v.Azure.Diagnostics[0] = Pick(dice, v.Azure.Diagnostics[0] with { Name = "another" }, v.Azure.Diagnostics[0] with { LogsAudit = false }, v.Azure.Diagnostics[0] with { WorkspaceId = null });
        return _ => [About("vault-diagnostics-gone", "audit-to-la")];
    }

    private static Func<Actual, IEnumerable<string>> RetentionShortened(ProdVault v, Random dice)
    {
        v.Azure.RetentionDays = dice.Next(30, 730);
        v.Azure.Diagnostics.Add(new("second", LogsAudit: true, AzureEstate.Workspace, StorageAccountId: null, EventHubRuleId: null, IsDedicated: false));
        return _ => new[] { "AZKVAuditLogs", "AzureDiagnostics" }.Where(t => v.Azure.Diagnostics.Any(d => d is { LogsAudit: true, WorkspaceId: not null } && d.Table == t))
            .Select(t => About("vault-retention-shortened", $"{AzureEstate.Workspace}/{t}".ToLowerInvariant()));
    }

    private static Func<Actual, IEnumerable<string>> KeyExportable(ProdVault v, Random dice)
    {
        v.Azure.Keys.Add(new("Portable", "RSA-HSM", IsExportable: true));
        return _ => [About("vault-key-exportable", "keys/portable")];
    }

    private static Func<Actual, IEnumerable<string>> KeyInSoftware(ProdVault v, Random dice)
    {
        v.Azure.Keys.Add(new("soft", Pick(dice, "RSA", "EC"), IsExportable: false));
        return _ => [About("vault-key-in-software", "keys/soft")];
    }

    private static Func<Actual, IEnumerable<string>> ForeignIdentity(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Foreign, v.Signer);
        return a => a.IsRbac ? [Of(Undeclared, v.Foreign, v.Signer), Of(ForeignKind, v.Foreign)] : [];
    }

    private static Func<Actual, IEnumerable<string>> ForeignInGroup(ProdVault v, Random dice)
    {
        v.Declare(v.Azure.AddGroup(v.Foreign), v.Rotator, ProdVault.Rotate);
        return a => (a.IsDeclaredModel ? [Of(ForeignKind, v.Foreign)] : Array.Empty<string>())
            .Concat(a.IsRbac && v.Model is PermissionModel.Rbac && v.Azure.Roles[v.Rotator.Id].Permissions.Count > 1 ? [About(Undeclared, $"{v.Azure.Members.Single(m => m.Value.Contains(v.Foreign)).Key}|{v.Rotator.Id}|{AzureEstate.VaultId}")] : []);
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
        var compute = AzureEstate.Group + Pick(dice, "/providers/Microsoft.Web/sites/issuer", "/providers/Microsoft.Compute/virtualMachines/issuer", "/providers/Microsoft.New/things/issuer");
        var group = v.Azure.AddGroup(developer);
        v.Azure.Owners[group] = [lead];
        v.Azure.Carriers[v.Azure.Identities[v.Issuers[1]]] = [compute];
        v.Azure.Assign(group, v.Contributor, compute);
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Reader, compute);
        return a => InForce(v, a, v.Issuers[1]) ? [Of(Indirect, developer), Of(Indirect, lead)] : [];
    }

    /// <summary>Of the pipelines that deploy to what runs as an issuer, the one that nobody declared is a way round; whoever has its secret goes it, and it has no owner.</summary>
    private static Func<Actual, IEnumerable<string>> Pipeline(ProdVault v, Random dice)
    {
        var (stranger, declared) = (v.Azure.Add(PrincipalKind.ServicePrincipal), v.Azure.Add(PrincipalKind.ServicePrincipal));
        var compute = $"{AzureEstate.Group}/providers/Microsoft.Web/sites/pipelined";
        v.Azure.Carriers[v.Azure.Identities[v.Issuers[0]]] = [compute];
        v.Azure.Assign(stranger, v.Contributor, compute);
        v.Azure.Assign(declared, v.Contributor, compute);
        v.More["indirectPrincipals"] = new[] { declared.ToUpperInvariant() };
        return a => InForce(v, a, v.Issuers[0]) ? [Of(Indirect, stranger)] : [];
    }

    private static Func<Actual, IEnumerable<string>> Assigner(ProdVault v, Random dice)
    {
        var person = v.Azure.Add(PrincipalKind.User);
        var role = v.Azure.AddRole("Managed Identity Operator", isCustom: false, [], [Pick(dice, "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write")]);
        v.Azure.Assign(person, role, v.Azure.Identities[v.Rekey]);
        var reaches = ActionPattern.Matches(role.Permissions[0].Actions[0], "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action")
            || ActionPattern.Matches(role.Permissions[0].Actions[0], "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write");
        return a => reaches && InForce(v, a, v.Rekey) ? [Of(Indirect, person)] : [];
    }

    private static Func<Actual, IEnumerable<string>> Federated(ProdVault v, Random dice)
    {
        v.Azure.Federated[v.Azure.Identities[v.Rekey]] = ["https://token.actions.githubusercontent.com|repo:contoso/shop:ref:refs/heads/main", "https://issuer.example|declared"];
        v.More["federatedCredentials"] = new[] { "https://issuer.example|declared" };
        return a => InForce(v, a, v.Rekey) ? [About(Indirect, "https://token.actions.githubusercontent.com|repo:contoso/shop:ref:refs/heads/main")] : [];
    }

    /// <summary>What is below the vault gives only what is there: a right on keys, given at a secret, is none.</summary>
    private static Func<Actual, IEnumerable<string>> SecretsOnly(ProdVault v, Random dice)
    {
        v.Azure.Assign(v.Azure.Add(PrincipalKind.User), v.Signer, $"{AzureEstate.VaultId}/secrets/unrelated");
        return _ => [];
    }

    /// <summary>Who may write in the whole group may also use the identities that are there.</summary>
    private static IEnumerable<string> Steers(ProdVault v, Actual a, string person) => Identities(v).Any(i => InForce(v, a, i)) || HasStrangers(v, a) ? [Of(Indirect, person)] : [];

    private static IEnumerable<string> Identities(ProdVault v) => v.Issuers.Append(v.Rekey).Where(v.Azure.Identities.ContainsKey);

    /// <summary>Whether an identity with an undeclared right is in the group: it can be used like any other.</summary>
    private static bool HasStrangers(ProdVault v, Actual a) => a.IsRbac
        ? v.Azure.Assignments.Any(x => v.Azure.Roles[x.RoleId].Permissions.Any(p => p.DataActions.Count > 0) && Behind(v, x.PrincipalId))
        : v.Azure.Vault!.Policies.Any(p => Behind(v, p.ObjectId));

    private static bool Behind(ProdVault v, string principal) => v.Azure.Identities.ContainsKey(principal) || v.Azure.Members.GetValueOrDefault(principal)?.Any(v.Azure.Identities.ContainsKey) == true;

    private static bool InForce(ProdVault v, Actual a, string principal) => a.IsRbac ? v.Azure.Assignments.Any(x => x.PrincipalId == principal && x.RoleId != v.Reader.Id) : v.Azure.Vault!.Policies.Any(p => p.ObjectId == principal);

    private static T Pick<T>(Random dice, params T[] from) => from[dice.Next(from.Length)];

    private static string About(string kind, string what) => what.Length == 0 ? $"{kind} {AzureEstate.Host}" : $"{kind} {AzureEstate.Host}|{(what.StartsWith("https", StringComparison.Ordinal) ? what : what.ToLowerInvariant())}";

    private static string Of(string kind, string principal) => About(kind, principal);

    private static string Of(string kind, string principal, RoleDefinition role, string scope = AzureEstate.VaultId) => About(kind, $"{principal}|{role.Id}|{scope}");
}
