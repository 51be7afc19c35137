using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.ResourceManager;

/// <summary>The resources of the subscription. Changes of role assignments reach the vaults' data plane at once; the real one takes
/// minutes.</summary>
internal sealed class ArmEstate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ArmVault Facts, KeyVaultServer Server)> _vaults = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ArmAssignment> _assignments = [];
    private readonly List<ArmEligibility> _eligibilities = [];
    private readonly List<ArmRole> _roles = [.. ArmRole.Common];
    private readonly Dictionary<string, int> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> _federated = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> _carriers = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, List<(string Name, string Property, string Value)>> _switches = new(
        StringComparer.OrdinalIgnoreCase
    );

    public IReadOnlyList<ArmAssignment> Assignments => Locked(() => (IReadOnlyList<ArmAssignment>)[.. _assignments]);

    public IReadOnlyList<ArmEligibility> Eligibilities => Locked(() => (IReadOnlyList<ArmEligibility>)[.. _eligibilities]);

    public IReadOnlyList<ArmRole> Roles => Locked(() => (IReadOnlyList<ArmRole>)[.. _roles]);

    public (ArmVault Facts, KeyVaultServer Server)? FindVault(string id) =>
        Locked(() => _vaults.TryGetValue(id, out var found) ? found : ((ArmVault, KeyVaultServer)?)null);

    public ArmRole? FindRole(string id) => Locked(() => _roles.Find(r => r.Id.Equals(id, StringComparison.OrdinalIgnoreCase)));

    public int? FindTable(string id) => Locked(() => _tables.TryGetValue(id, out var days) ? days : (int?)null);

    public IReadOnlyList<string> FederatedOf(string identityId) => Locked(() => _federated.GetValueOrDefault(identityId) ?? []);

    public IReadOnlyList<string> CarriersOf(string identityId) => Locked(() => _carriers.GetValueOrDefault(identityId) ?? []);

    public void AddVault(ArmVault facts, KeyVaultServer server) => Locked(() => _vaults.Add(facts.Id, (facts, server)));

    public void Change(string vaultId, Func<ArmVault, ArmVault> change) =>
        Locked(() => _vaults[vaultId] = (change(_vaults[vaultId].Facts), _vaults[vaultId].Server));

    public void SetRole(ArmRole role) =>
        Locked(() =>
        {
            _roles.RemoveAll(r => r.Id == role.Id);
            _roles.Add(role);
        });

    /// <summary>What can be switched off, by the path of its list.</summary>
    public IReadOnlyList<(string Name, string Property, string Value)> SwitchesOf(string list) =>
        Locked(() => (IReadOnlyList<(string, string, string)>)[.. _switches.GetValueOrDefault(list) ?? []]);

    public void SetSwitch(string list, string name, string property, string value) =>
        Locked(() =>
        {
            var there = _switches.TryGetValue(list, out var found) ? found : _switches[list] = [];
            there.RemoveAll(s => s.Name == name);
            there.Add((name, property, value));
        });

    public void SetTable(string id, int totalRetentionInDays) => Locked(() => _tables[id] = totalRetentionInDays);

    public void SetIdentity(string identityId, string[] carriers, string[] federated) =>
        Locked(() => (_carriers[identityId], _federated[identityId]) = (carriers, federated));

    public void Add(ArmEligibility eligibility) => Locked(() => _eligibilities.Add(eligibility));

    /// <summary>False when the principal has the role at this scope already.</summary>
    public bool TryAdd(ArmAssignment assignment) =>
        Locked(() =>
        {
            if (_assignments.Exists(a => IsLike(a, assignment)))
            {
                return false;
            }

            _assignments.Add(assignment);
            Apply(assignment.PrincipalId);
            return true;
        });

    /// <summary>The one that gives the same.</summary>
    public ArmAssignment Like(ArmAssignment assignment) => Locked(() => _assignments.Find(a => IsLike(a, assignment))!);

    public ArmAssignment? Remove(string id) =>
        Locked(() =>
        {
            var found = _assignments.Find(a => a.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
            if (found is not null)
            {
                _assignments.Remove(found);
                Apply(found.PrincipalId);
            }

            return found;
        });

    /// <summary>Tells whether a principal may take an action at a scope by a role of its own.</summary>
    /// <param name="assignmentId">Of a deletion: what is to be deleted.</param>
    public bool MayDo(string objectId, string action, string scope, string? assignmentId = null) =>
        Locked(() =>
            _assignments.Exists(a =>
                a.PrincipalId.Equals(objectId, StringComparison.OrdinalIgnoreCase)
                && IsAtOrAbove(a.Scope, scope)
                && _roles.Exists(r => r.Id.Equals(a.RoleId, StringComparison.OrdinalIgnoreCase) && r.Gives(action))
                && (
                    a.DeletesOnly is null
                    || assignmentId is null
                    || _assignments.Find(x => x.Id.Equals(assignmentId, StringComparison.OrdinalIgnoreCase)) is not { } target
                    || a.DeletesOnly.Contains(target.PrincipalType, StringComparer.OrdinalIgnoreCase)
                )
            )
        );

    /// <summary>The scope above everything.</summary>
    public const string Root = "/";

    /// <summary>The id of something that is given at a scope. What is at the root has nothing before its provider.</summary>
    public static string Under(string scope, string kind, string name) =>
        $"{(scope == Root ? "" : scope)}/providers/Microsoft.Authorization/{kind}/{name}";

    /// <summary>Tells whether a scope is the resource or contains it.</summary>
    public static bool IsAtOrAbove(string scope, string resource) =>
        scope == Root
        || scope.StartsWith("/providers/Microsoft.Management/", StringComparison.OrdinalIgnoreCase)
        || resource.Equals(scope, StringComparison.OrdinalIgnoreCase)
        || resource.StartsWith($"{scope}/", StringComparison.OrdinalIgnoreCase);

    private static bool IsLike(ArmAssignment one, ArmAssignment other) =>
        (one.Scope, one.RoleId, one.PrincipalId) == (other.Scope, other.RoleId, other.PrincipalId);

    private void Apply(string principalId)
    {
        foreach (var (facts, server) in _vaults.Values)
        {
            server.Grant(
                principalId,
                _assignments
                    .Where(a => a.PrincipalId.Equals(principalId, StringComparison.OrdinalIgnoreCase) && IsAtOrAbove(a.Scope, facts.Id))
                    .Select(a => _roles.Find(r => r.Id.Equals(a.RoleId, StringComparison.OrdinalIgnoreCase)))
                    .OfType<ArmRole>()
                    .Aggregate(KeyPermissions.None, (held, role) =>
                        held
                        | VaultOperation.All.Where(o => role.GivesData(o.DataAction)).Aggregate(KeyPermissions.None, (h, o) => h | o.Gives)
                    )
            );
        }
    }

    private void Locked(Action change)
    {
        lock (_gate)
        {
            change();
        }
    }

    private T Locked<T>(Func<T> look)
    {
        lock (_gate)
        {
            return look();
        }
    }
}
