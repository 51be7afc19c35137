using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Reading;

/// <summary>Reads the principals behind every grantee, until there are no new ones: members, owners, what runs as an identity, and who
/// controls that.</summary>
internal sealed class AttackPathReader(IResourceManager resources, IPrincipals directory, RoleReader roles, VisibleParts seeing)
{
    /// <summary>The maximum number of principals per vault.</summary>
    private const int MaxPrincipals = 5_000;

    private const string UserAssigned = "Microsoft.ManagedIdentity/userAssignedIdentities";

    private readonly Dictionary<string, PrincipalFacts> _found = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PrincipalKind> _kinds = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PrincipalKind> _hints = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<RoleAssignment>> _resources = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _queue = new();

    public async Task<(
        IReadOnlyList<PrincipalFacts> Principals,
        IReadOnlyDictionary<string, IReadOnlyList<RoleAssignment>> Resources
    )> ReadAsync(VaultReading reading, CancellationToken cancellationToken)
    {
        Hint(
            reading
                .Assignments.Select(a => (a.PrincipalId, a.PrincipalType))
                .Concat(reading.Eligibilities.Select(e => (e.PrincipalId, e.PrincipalType)))
        );
        await TakeAsync(Grants.Of(reading).Select(g => g.PrincipalId), cancellationToken);
        while (_queue.TryDequeue(out var id))
        {
            if (_found.Count >= MaxPrincipals)
            {
                seeing.Miss(ReadingPart.Principals, reading.VaultId, $"more than {MaxPrincipals} principals");
                break;
            }

            _found[id] = await LookAsync(id, _kinds.GetValueOrDefault(id), cancellationToken);
        }

        return ([.. _found.Values.OrderBy(p => p.Id, StringComparer.Ordinal)], _resources);
    }

    /// <summary>Queues new principals. Their kind comes from the directory: the writer of an assignment chose its type.</summary>
    private async Task TakeAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var fresh = ids.Select(i => i.ToLowerInvariant()).Where(_asked.Add).ToList();
        fresh.ForEach(_queue.Enqueue);
        if (fresh.Where(i => !_kinds.ContainsKey(i)).ToList() is { Count: > 0 } unknown)
        {
            Learn(
                await seeing.TryAsync(ReadingPart.Principals, "kinds of principals", async () =>
                    await directory.GetKindsAsync(unknown, cancellationToken)
                ) ?? new Dictionary<string, PrincipalKind>()
            );
        }
    }

    private Task TakeAsync(IReadOnlyDictionary<string, PrincipalKind> known, CancellationToken cancellationToken)
    {
        Learn(known);
        return TakeAsync(known.Keys, cancellationToken);
    }

    private void Learn(IReadOnlyDictionary<string, PrincipalKind> kinds)
    {
        foreach (var (id, kind) in kinds)
        {
            _kinds[id] = kind;
        }
    }

    /// <summary>Falls back to the type in the assignment: a group that may not be read is still a group.</summary>
    private void Hint(IEnumerable<(string Id, string Type)> said)
    {
        foreach (var (id, type) in said)
        {
            _hints[id] = PrincipalFacts.KindOf(type);
        }
    }

    private async Task<PrincipalFacts> LookAsync(string id, PrincipalKind kind, CancellationToken cancellationToken)
    {
        var facts = new PrincipalFacts(id, kind is PrincipalKind.Unknown ? _hints.GetValueOrDefault(id) : kind);
        return facts.Kind switch
        {
            PrincipalKind.Group => await GroupAsync(facts, cancellationToken),
            PrincipalKind.ServicePrincipal => await ServicePrincipalAsync(facts, cancellationToken),
            _ => facts,
        };
    }

    private async Task<PrincipalFacts> GroupAsync(PrincipalFacts group, CancellationToken cancellationToken)
    {
        var members = await seeing.TryAsync(ReadingPart.Principals, $"members of group {group.Id}", () =>
            directory.GetMembersAsync(group.Id, cancellationToken)
        ) ?? new Dictionary<string, PrincipalKind>();
        await TakeAsync(members, cancellationToken);
        var owners = await seeing.TryAsync(ReadingPart.WaysRound, $"owners of group {group.Id}", async () =>
            await directory.GetGroupOwnersAsync(group.Id, cancellationToken)
        ) ?? new Dictionary<string, PrincipalKind>();
        await TakeAsync(owners, cancellationToken);
        return group with { Members = Sorted(members.Keys), Owners = Sorted(owners.Keys) };
    }

    private async Task<PrincipalFacts> ServicePrincipalAsync(PrincipalFacts principal, CancellationToken cancellationToken)
    {
        if (
            await seeing.TryAsync(ReadingPart.WaysRound, $"service principal {principal.Id}", () =>
                directory.GetServicePrincipalAsync(principal.Id, cancellationToken)
            )
            is not { } facts
        )
        {
            return principal;
        }

        await TakeAsync(facts.Owners, cancellationToken);
        principal = principal with { Owners = Sorted(facts.Owners.Keys), ResourceId = facts.ResourceId };
        if (facts.ResourceId is not { } resource)
        {
            return principal;
        }

        // A user-assigned identity can be used wherever it is assigned, a system-assigned one only by its resource.
        if (IdentityControl.TypeOf(resource).Equals(UserAssigned, StringComparison.OrdinalIgnoreCase))
        {
            principal = principal with
            {
                Carriers = await seeing.TryAsync(ReadingPart.WaysRound, $"what runs as {resource}", async () =>
                    await resources.GetCarriersAsync(resource, cancellationToken)
                ) ?? [],
                FederatedCredentials = await seeing.TryAsync(ReadingPart.WaysRound, $"federated credentials of {resource}", async () =>
                    await resources.GetFederatedCredentialsAsync(resource, cancellationToken)
                ) ?? [],
            };
        }

        foreach (var at in principal.Carriers.Prepend(resource).Where(r => !_resources.ContainsKey(r)).ToList())
        {
            _resources[at] = await seeing.TryAsync(ReadingPart.WaysRound, $"assignments on {at}", async () =>
                await resources.GetRoleAssignmentsAsync(at, cancellationToken)
            ) ?? [];
            Hint(_resources[at].Select(a => (a.PrincipalId, a.PrincipalType)));
            await roles.ReadAsync(at, _resources[at].Select(a => a.RoleId), ReadingPart.WaysRound, cancellationToken);
        }

        var steering = new IdentityControl(new(resource, default, Vault: null) { Resources = _resources, Roles = roles.Found });
        await TakeAsync(principal.Carriers.Prepend(resource).SelectMany(steering.Of).Select(s => s.Who), cancellationToken);
        return principal;
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> ids) =>
        [.. ids.Select(i => i.ToLowerInvariant()).Order(StringComparer.Ordinal)];
}
