using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Rights;

/// <summary>A way round: somebody without a grant of their own who can act as somebody that has one (T23).</summary>
/// <param name="PrincipalId">Who; for a federated credential <c>issuer|subject</c>.</param>
/// <param name="Via">The steps, from the person to the grant, in plain words.</param>
/// <param name="Target">The principal with the grant that is reached.</param>
/// <param name="Group">The group as whose member; null for who goes it alone.</param>
public sealed record AttackPath(
    string PrincipalId,
    PrincipalKind Kind,
    bool IsFederated,
    IReadOnlyList<string> Via,
    string Target,
    GroupAttackPath? Group = null
)
{
    /// <summary>
    /// The closure over owners, identity resources, what runs as them, and federated credentials. Whoever reaches a vault by several ways
    /// alone is told by a shortest one, and besides once for each right of a group that they are in. Pure.
    /// </summary>
    public static IReadOnlyList<AttackPath> Of(VaultReading reading, IEnumerable<Grant> grants)
    {
        var known = reading.Principals.ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);
        var steering = new IdentityControl(reading);
        var found = new SortedDictionary<string, AttackPath>(StringComparer.OrdinalIgnoreCase);
        var queue = new Queue<(string Id, IReadOnlyList<string> Via, string Target)>();
        var visited = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        // 1. Whoever has a grant, and whoever has it through a group, can be made use of.
        foreach (
            var holder in grants
                .Select(g => g.PrincipalId)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase)
        )
        {
            Take(holder, [], holder);
        }

        // 2. Step by step outwards.
        while (queue.TryDequeue(out var at))
        {
            if (!known.TryGetValue(at.Id, out var principal))
            {
                continue;
            }

            foreach (var (controller, step, given) in Controllers(principal, steering))
            {
                IReadOnlyList<string> via = [step, .. at.Via];
                var group = known.GetValueOrDefault(controller) is { Kind: PrincipalKind.Group }
                    ? new GroupAttackPath(controller, given)
                    : null;
                foreach (var who in Persons(controller))
                {
                    found.TryAdd(
                        $"{who}|{group?.Key}",
                        new(
                            who,
                            known.GetValueOrDefault(who)?.Kind ?? PrincipalKind.Unknown,
                            IsFederated: false,
                            who == controller ? via : [$"member of {controller}", .. via],
                            at.Target,
                            group
                        )
                    );
                }

                Take(controller, via, at.Target);
            }

            foreach (var credential in principal.FederatedCredentials)
            {
                found.TryAdd(
                    credential,
                    new(
                        credential,
                        PrincipalKind.Unknown,
                        IsFederated: true,
                        [$"federated credential of {principal.Id}", .. at.Via],
                        at.Target
                    )
                );
            }
        }

        return [.. found.Values];

        // A group's members are as good as the group.
        void Take(string id, IReadOnlyList<string> via, string target)
        {
            foreach (var each in known.GetValueOrDefault(id) is { Kind: PrincipalKind.Group } group ? group.Members.Prepend(id) : [id])
            {
                if (visited.Add(each))
                {
                    queue.Enqueue((each, each == id ? via : [$"member of {id}", .. via], target));
                }
            }
        }

        IEnumerable<string> Persons(string id) =>
            known.GetValueOrDefault(id) is { Kind: PrincipalKind.Group } group
                ? group.Members.Where(m => known.GetValueOrDefault(m)?.Kind is not PrincipalKind.Group).Prepend(id)
                : [id];
    }

    private static IEnumerable<(string Who, string Step, string Given)> Controllers(PrincipalFacts principal, IdentityControl steering)
    {
        var ownership = principal.Kind is PrincipalKind.Group ? $"owner of group {principal.Id}" : $"owner of application {principal.Id}";
        var resources = (principal.ResourceId is { } own ? principal.Carriers.Prepend(own) : principal.Carriers).Distinct(
            StringComparer.OrdinalIgnoreCase
        );
        return principal
            .Owners.Select(o => (Who: o, Step: ownership, Given: ownership))
            .Concat(
                resources.SelectMany(r =>
                    steering.Of(r).Select(s => (s.Who, Step: $"{s.Role.Name} on {r}", Given: $"{s.Role.Id}|{s.Scope}"))
                )
            )
            .DistinctBy(c => $"{c.Who}|{c.Given}", StringComparer.OrdinalIgnoreCase)
            .OrderBy(c => c.Who, StringComparer.OrdinalIgnoreCase);
    }
}
