using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Rights;

/// <summary>An attack path: a principal without a direct grant can act as a principal that has one (T23).</summary>
/// <param name="PrincipalId">The principal without a grant; for a federated credential <c>issuer|subject</c>.</param>
/// <param name="Via">The steps from the principal to the grant, as text.</param>
/// <param name="Target">The principal with the grant.</param>
/// <param name="Group">The group that opens the path to its members; null if the principal needs no group.</param>
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
    /// Finds all attack paths over owners, identity resources, what runs as them, and federated credentials. For each principal it
    /// returns a shortest path without groups, and one path for each right of each of its groups. Pure.
    /// </summary>
    public static IReadOnlyList<AttackPath> Of(VaultReading reading, IEnumerable<Grant> grants)
    {
        var known = reading.Principals.ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);
        var steering = new IdentityControl(reading);
        var found = new SortedDictionary<string, AttackPath>(StringComparer.OrdinalIgnoreCase);
        var queue = new Queue<(string Id, IReadOnlyList<string> Via, string Target)>();
        var visited = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        // 1. Start with all principals that have a grant, directly or through a group.
        foreach (
            var holder in grants
                .Select(g => g.PrincipalId)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase)
        )
        {
            Take(holder, [], holder);
        }

        // 2. Follow the steps outwards.
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

        // A group's members can do what the group can.
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
