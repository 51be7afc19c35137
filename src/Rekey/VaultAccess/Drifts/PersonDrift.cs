using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Finds persons in production, and identities of other environments. Pure.</summary>
internal static class PersonDrift
{
    /// <summary>The maximum number of persons that a finding about a group lists.</summary>
    internal const int SomePersons = 10;

    /// <summary>The parts that a reading must contain before access counts as removed.</summary>
    internal static readonly ReadingPart[] Granted =
    [
        ReadingPart.Vault,
        ReadingPart.Assignments,
        ReadingPart.Eligibilities,
        ReadingPart.Principals,
    ];

    public static IEnumerable<Drift> Of(Declaration declaration, DeclaredVault declared, VaultReading reading)
    {
        var access = EffectiveAccess.Of(reading);
        return declaration.IsProduction
            ? Humans(declared, reading, access)
                .Concat(AttackPathDrift.Of(declared, reading, access))
                .Concat(Foreign(declaration, declared, reading, access))
            : Foreign(declaration, declared, reading, access);
    }

    /// <summary>Whether a person is allowed by a declared eligibility, activated or not.</summary>
    private static bool IsBreakGlass(Grant grant, Coverage coverage, VaultReading reading) =>
        (grant is { Kind: GrantKind.Eligibility } or { ActivationOf: not null } && coverage.Covers(grant))
        || (!reading.Saw(ReadingPart.Eligibilities) && coverage.MayBeActivated(grant));

    private static IEnumerable<Drift> Humans(DeclaredVault declared, VaultReading reading, IReadOnlyList<EffectiveAccess> access)
    {
        var coverage = new Coverage(declared, reading);
        var humans = access
            .Where(a => a.IsHuman && a.Grant is { IsReadable: true, LeadsToVault: true } grant && !IsBreakGlass(grant, coverage, reading))
            .ToLookup(a => a.Way is AccessPath.Group);

        // One finding per person for direct access, and one per group, whatever its size: a group of thousands is one mistake.
        var members = humans[true]
            .GroupBy(a => a.Through[0], StringComparer.OrdinalIgnoreCase)
            .Select(group =>
            {
                var persons = group
                    .Select(a => a.PrincipalId)
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Order(StringComparer.OrdinalIgnoreCase)
                    .ToList();
                return new Drift(
                    DriftKind.HumanInProduction,
                    declared.Name,
                    group.Key.ToLowerInvariant(),
                    $"{persons.Count} person(s) can reach a production vault as members of a group.",
                    Facts.Of(
                        ("vault", reading.VaultId),
                        ("principal", group.Key),
                        ("principalKind", nameof(PrincipalKind.Group)),
                        ("persons", $"{persons.Count}"),
                        ("among", string.Join(", ", persons.Take(SomePersons))),
                        (
                            "through",
                            string.Join("; ", group.Select(Through).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                        ),
                        ("gives", Gives(group)),
                        ("attack", "T1098")
                    ),
                    Granted
                )
                {
                    Milestone = Drift.MilestoneOf(persons),
                };
            });
        return members.Concat(
            humans[false]
                .GroupBy(a => a.PrincipalId, StringComparer.OrdinalIgnoreCase)
                .Select(person => new Drift(
                    DriftKind.HumanInProduction,
                    declared.Name,
                    person.Key.ToLowerInvariant(),
                    person.First().Kind is PrincipalKind.Unknown
                        ? "A principal of unknown kind (treated as a person) can reach a production vault."
                        : "A person can reach a production vault.",
                    Facts.Of(
                        ("vault", reading.VaultId),
                        ("principal", person.Key),
                        ("principalKind", person.First().Kind.ToString()),
                        ("through", string.Join("; ", person.Select(Through).Order(StringComparer.Ordinal))),
                        ("gives", Gives(person)),
                        ("attack", "T1098")
                    ),
                    Granted
                ))
        );
    }

    private static IEnumerable<Drift> Foreign(
        Declaration declaration,
        DeclaredVault declared,
        VaultReading reading,
        IReadOnlyList<EffectiveAccess> access
    )
    {
        var foreign = declaration.ForeignPrincipals.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return access
            .Where(a => a.Grant is null or { IsReadable: true, LeadsToVault: true })
            .SelectMany(a =>
                a.Through.Append(a.PrincipalId).Where(foreign.Contains).Select(who => (Who: who.ToLowerInvariant(), Access: a))
            )
            .GroupBy(f => f.Who, StringComparer.Ordinal)
            .Select(identity => new Drift(
                DriftKind.ForeignIdentity,
                declared.Name,
                identity.Key,
                $"An identity of another environment can reach a vault of '{declaration.Environment}'.",
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("principal", identity.Key),
                    ("environment", declaration.Environment),
                    (
                        "through",
                        string.Join(
                            "; ",
                            identity.Select(i => Through(i.Access)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                        )
                    ),
                    ("gives", Gives(identity.Select(i => i.Access))),
                    ("attack", "T1078")
                ),
                [.. Granted, ReadingPart.WaysRound]
            ));
    }

    private static string Through(EffectiveAccess access) =>
        access.Way switch
        {
            AccessPath.Direct => access.Grant!.RoleName,
            AccessPath.Group => $"{access.Grant!.RoleName} of group {access.Through[0]}",
            _ => $"indirect: {string.Join(", ", access.Through)}",
        };

    private static string Gives(IEnumerable<EffectiveAccess> access) =>
        string.Join(
            ", ",
            access.SelectMany(a => a.Grant?.Gives ?? []).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
        );
}
