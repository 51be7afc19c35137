using Rekey.Core;
using Rekey.Tests.Doubles.Faults;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>A subscription and a directory: what Azure has, whoever may look.</summary>
public sealed class AzureEstate
{
    public const string Subscription = "/subscriptions/11111111-2222-4333-8444-555555555555";
    public const string Group = $"{Subscription}/resourceGroups/rg-sec";
    public const string Management = "/providers/Microsoft.Management/managementGroups/root";
    public const string VaultId = $"{Group}/providers/Microsoft.KeyVault/vaults/kv-prod";
    public const string Host = "kv-prod.vault.azure.net";
    public const string Workspace = $"{Group}/providers/Microsoft.OperationalInsights/workspaces/la";
    public const string Archive = $"{Group}/providers/Microsoft.Storage/storageAccounts/evidence";

    public const string Endpoint = $"{Group}/providers/Microsoft.Network/privateEndpoints/pe-rekey";

    private int _made;

    public VaultFacts? Vault { get; set; } =
        new(
            new($"https://{Host}/"),
            IsRbac: true,
            [],
            IsPurgeProtected: true,
            SoftDeleteDays: 90,
            new(IsPublic: false, AllowsAll: false, [], []) { PrivateEndpoints = [Endpoint.ToUpperInvariant()] }
        );

    public List<RoleAssignment> Assignments { get; } = [];

    public Dictionary<string, RoleDefinition> Roles { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<Eligibility> Eligibilities { get; } = [];

    public Dictionary<string, string> Activations { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<DiagnosticSetting> Diagnostics { get; } =
    [new("audit-to-la", LogsAudit: true, Workspace, Archive, EventHubRuleId: null, IsDedicated: true)];

    public int RetentionDays { get; set; } = 730;

    /// <summary>Every version of every key.</summary>
    public List<KeptVersion> Keys { get; } = [new(new("login", "EC-HSM", IsExportable: false, "1"))];

    /// <summary>How many versions were looked at, each by a call.</summary>
    public int KeyReads { get; private set; }

    public Dictionary<string, PrincipalKind> Directory { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By group, everybody in it through nested groups too.</summary>
    public Dictionary<string, List<string>> Members { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, List<string>> Owners { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of managed identities, by object id.</summary>
    public Dictionary<string, string> Identities { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, List<string>> Carriers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, List<string>> Federated { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Calls that are refused, by their names.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Calls that get no answer.</summary>
    public HashSet<string> Unanswered { get; } = [];

    /// <summary>What happens, once, as soon as a call is answered.</summary>
    public Dictionary<string, Action> Meanwhile { get; } = [];

    /// <summary>Assignments that were taken away.</summary>
    public List<string> Removed { get; } = [];

    public static string Id(int n) => $"00000000-0000-4000-8000-{n:d12}";

    /// <summary>A new object of the directory.</summary>
    public string Add(PrincipalKind kind)
    {
        var id = Id(++_made);
        Directory[id] = kind;
        return id;
    }

    public string AddGroup(params IEnumerable<string> members)
    {
        var id = Add(PrincipalKind.Group);
        Members[id] = [.. members];
        return id;
    }

    /// <summary>A managed identity as a resource of its own.</summary>
    public string AddIdentity()
    {
        var id = Add(PrincipalKind.ServicePrincipal);
        Identities[id] = $"{Group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-{_made}";
        return id;
    }

    public RoleDefinition AddRole(string name, bool isCustom, IEnumerable<string> dataActions, IEnumerable<string>? actions = null)
    {
        var role = new RoleDefinition(Id(++_made), name, isCustom, [new([.. actions ?? []], [], [.. dataActions], [])]);
        return Roles[role.Id] = role;
    }

    public RoleAssignment Assign(string principal, RoleDefinition role, string scope = VaultId, string? type = null)
    {
        var assignment = new RoleAssignment(
            $"{scope.TrimEnd('/')}/providers/Microsoft.Authorization/roleAssignments/{Id(++_made)}",
            role.Id,
            principal,
            type ?? Directory[principal].ToString(),
            scope,
            CreatedOn: DateTimeOffset.UnixEpoch.AddSeconds(_made)
        );
        Assignments.Add(assignment);
        return assignment;
    }

    public Eligibility MakeEligible(string principal, RoleDefinition role, string scope = VaultId)
    {
        var id = $"{scope.TrimEnd('/')}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/{Id(++_made)}";
        var eligibility = new Eligibility(id, role.Id, principal, Directory[principal].ToString(), scope);
        Eligibilities.Add(eligibility);
        return eligibility;
    }

    public void Activate(string person, Eligibility eligibility)
    {
        var assignment = Assign(person, Roles[eligibility.RoleId], eligibility.Scope);
        Activations[assignment.Id] = eligibility.Id;
    }

    public IResourceManager ResourceManager => new Arm(this);

    public IPrincipals Principals => new Graph(this);

    public IGrantRemover RemoverFor(Fate fate) => new Remover(this, fate);

    public Task<VaultReading> ReadAsync(TimeProvider? timeProvider = null) =>
        new ReadVaultAccess(ResourceManager, Principals, timeProvider ?? TimeProvider.System).ReadAsync(VaultId, default);

    private Task<T> AnswerAsync<T>(string call, T answer) =>
        Unanswered.Contains(call) ? throw new RetryLaterException($"No answer to {call}.")
        : Refused.Contains(call) ? throw new CannotContinueException("arm-forbidden", $"{call} is refused.", "Grant it.")
        : Task.FromResult(Answered(call, answer));

    private T Answered<T>(string call, T answer)
    {
        if (Meanwhile.Remove(call, out var happens))
        {
            happens();
        }

        return answer;
    }

    private Dictionary<string, PrincipalKind> Known(IEnumerable<string> ids) =>
        ids.Where(Directory.ContainsKey).ToDictionary(i => i, i => Directory[i], StringComparer.OrdinalIgnoreCase);

    private sealed class Arm(AzureEstate estate) : IResourceManager
    {
        public Task<VaultFacts?> GetVaultAsync(string vaultId, CancellationToken cancellationToken) =>
            estate.AnswerAsync("vault", estate.Vault);

        public Task<IReadOnlyList<RoleAssignment>> GetRoleAssignmentsAsync(string resourceId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<RoleAssignment>>(
                resourceId == VaultId ? "assignments" : "resources",
                [.. estate.Assignments.Where(a => Concerns(a.Scope, resourceId))]
            );

        public Task<RoleDefinition?> GetRoleDefinitionAsync(string scope, string roleId, CancellationToken cancellationToken) =>
            estate.AnswerAsync("roles", estate.Roles.GetValueOrDefault(roleId));

        public Task<EligibilityFacts> GetEligibilitiesAsync(string resourceId, CancellationToken cancellationToken) =>
            estate.AnswerAsync(
                "eligibilities",
                new EligibilityFacts(
                    [.. estate.Eligibilities.Where(e => Concerns(e.Scope, resourceId))],
                    new Dictionary<string, string>(estate.Activations, StringComparer.OrdinalIgnoreCase)
                )
            );

        public Task<IReadOnlyList<DiagnosticSetting>> GetDiagnosticSettingsAsync(string resourceId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<DiagnosticSetting>>("diagnostics", [.. estate.Diagnostics]);

        public Task<TableRetention?> GetTableRetentionAsync(string workspaceId, string table, CancellationToken cancellationToken) =>
            estate.AnswerAsync<TableRetention?>("retention", new(workspaceId, table, estate.RetentionDays));

        public Task<IReadOnlyList<string>> GetKeyNamesAsync(string vaultId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<string>>("keys", [.. estate.Keys.Select(k => k.Kind.Name).Distinct()]);

        public Task<IReadOnlyList<ListedKeyVersion>> GetKeyVersionsAsync(string vaultId, string key, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<ListedKeyVersion>>(
                $"versions of {key}",
                [.. estate.Keys.Where(k => k.Kind.Name == key).Select(k => k.Listed)]
            );

        public Task<ListedKey?> GetKeyVersionAsync(string vaultId, string key, string version, CancellationToken cancellationToken)
        {
            estate.KeyReads++;
            return estate.AnswerAsync("versions", estate.Keys.Find(k => k.Kind.Name == key && k.Kind.Version == version)?.Kind);
        }

        public Task<IReadOnlyList<string>> GetCarriersAsync(string identityId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<string>>("carriers", estate.Carriers.GetValueOrDefault(identityId) ?? []);

        public Task<IReadOnlyList<string>> GetFederatedCredentialsAsync(string identityId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyList<string>>("federated", estate.Federated.GetValueOrDefault(identityId) ?? []);

        private static bool Concerns(string scope, string resource) =>
            scope is Management or VaultScope.Root
            || resource == scope
            || resource.StartsWith(scope + "/", StringComparison.OrdinalIgnoreCase)
            || scope.StartsWith(resource + "/", StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Graph(AzureEstate estate) : IPrincipals
    {
        public Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(
            IReadOnlyCollection<string> ids,
            CancellationToken cancellationToken
        ) => estate.AnswerAsync<IReadOnlyDictionary<string, PrincipalKind>>("kinds", estate.Known(ids));

        public Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyDictionary<string, PrincipalKind>?>(
                "members",
                estate.Members.GetValueOrDefault(groupId)?.ToDictionary(m => m, m => estate.Directory.GetValueOrDefault(m))
            );

        public Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(string groupId, CancellationToken cancellationToken) =>
            estate.AnswerAsync<IReadOnlyDictionary<string, PrincipalKind>>(
                "owners",
                estate.Known(estate.Owners.GetValueOrDefault(groupId) ?? [])
            );

        public Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancellationToken) =>
            estate.AnswerAsync<ServicePrincipalFacts?>(
                "principals",
                new(estate.Identities.GetValueOrDefault(id), estate.Known(estate.Owners.GetValueOrDefault(id) ?? []))
            );
    }

    private sealed class Remover(AzureEstate estate, Fate fate) : IGrantRemover
    {
        public Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken) =>
            fate.DoAsync("remove grant", async () =>
            {
                await estate.AnswerAsync("remove", 0);
                if (estate.Assignments.RemoveAll(a => a.Id == assignmentId) > 0)
                {
                    estate.Removed.Add(assignmentId);
                }
            });
    }
}
