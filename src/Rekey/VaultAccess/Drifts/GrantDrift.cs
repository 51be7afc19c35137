using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Finds undeclared grants, and missing declared ones. Pure.</summary>
internal static class GrantDrift
{
    /// <summary>Finds rights that exist without a declaration.</summary>
    public static IEnumerable<Drift> Undeclared(DeclaredVault declared, VaultReading reading)
    {
        var coverage = new Coverage(declared, reading);
        foreach (var grant in Grants.Of(reading).Where(g => g.IsReadable))
        {
            // While activations look like standing rights, do not judge one that may be the break-glass group's.
            var mayBeActivated = coverage.MayBeActivated(grant);
            if ((mayBeActivated && !reading.Saw(ReadingPart.Eligibilities)) || coverage.Excess(grant) is { Count: 0 })
            {
                continue;
            }

            var excess = coverage.Excess(grant) ?? [.. grant.Actions, .. grant.NotKnown];
            var gives = string.Join(", ", excess.Except(grant.NotKnown).Select(KeyVaultActions.ShortName));
            var notKnown = string.Join(", ", excess.Intersect(grant.NotKnown).Select(KeyVaultActions.ShortName));
            var whom = grant.PrincipalKind is PrincipalKind.Unknown ? "a principal of unknown kind" : $"a {Word(grant.PrincipalKind)}";
            var how = grant.Kind is GrantKind.Eligibility ? "An eligible role is" : "A grant is";
            var above = grant.Place.IsInherited ? ", inherited from above the vault" : "";
            yield return new(
                DriftKind.GrantUndeclared,
                declared.Name,
                grant.Key,
                $"{how} not declared: {grant.RoleName} for {whom}{above}."
                    + (gives.Length == 0 ? "" : $" It gives {gives}.")
                    + (notKnown.Length == 0 ? "" : $" It may also give {notKnown}."),
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("principal", grant.PrincipalId),
                    ("principalKind", grant.PrincipalKind.ToString()),
                    ("role", grant.RoleName),
                    ("roleId", grant.RoleId),
                    ("application", grant.ApplicationId ?? ""),
                    ("scope", grant.Scope),
                    ("grant", grant.ResourceId),
                    ("by", grant.Kind.ToString()),
                    ("gives", gives),
                    ("notKnown", notKnown),
                    ("grantedOn", grant.CreatedOn?.ToString("O") ?? ""),
                    ("grantedBy", grant.CreatedBy ?? ""),
                    ("condition", grant.HasCondition ? "yes" : ""),
                    ("attack", "T1098")
                ),
                PartsOf(grant, mayBeActivated)
            )
            {
                Grant = grant,
                MayBeActivation = coverage.IsOfEligible(grant),
            };
        }
    }

    /// <summary>Returns the parts that a reading must contain before the grant counts as gone.</summary>
    private static IReadOnlyList<ReadingPart> PartsOf(Grant grant, bool mayBeActivated) =>
        grant.IsPolicy
            ? [ReadingPart.Vault]
            :
            [
                ReadingPart.Vault,
                ReadingPart.Assignments,
                .. grant.Kind is GrantKind.Eligibility || mayBeActivated ? [ReadingPart.Eligibilities] : Array.Empty<ReadingPart>(),
                // The diagnostic settings say where the audit log is kept.
                .. grant.LeadsToVault ? Array.Empty<ReadingPart>() : [ReadingPart.Diagnostics],
            ];

    /// <summary>Finds declared rights that are missing or incomplete.</summary>
    public static IEnumerable<Drift> Missing(DeclaredVault declared, VaultReading reading)
    {
        if (reading.Vault is not { } vault || !reading.Saw(ReadingPart.Assignments))
        {
            yield break;
        }

        var grants = Grants.Of(reading);
        foreach (var d in declared.Grants.Where(d => d.IsActive || reading.Saw(ReadingPart.Eligibilities)))
        {
            var lacking = d.IsActive ? LackingActive(d, vault, reading, grants) : LackingEligible(d, vault, reading, grants);
            if (lacking is null)
            {
                continue;
            }

            yield return new(
                DriftKind.GrantMissing,
                declared.Name,
                d.Key,
                lacking.Count == 0
                    ? $"A declared grant is missing: {RoleOf(d)} for a "
                        + $"{Word(d.PrincipalKind)}{(d.IsActive ? "" : ", as an eligible role")}."
                    : $"A declared grant is incomplete: {RoleOf(d)} for a {Word(d.PrincipalKind)} lacks "
                        + $"{string.Join(", ", lacking.Select(KeyVaultActions.ShortName))}.",
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("principal", d.PrincipalId),
                    ("principalKind", d.PrincipalKind.ToString()),
                    ("role", d.Role ?? ""),
                    ("application", d.ApplicationId ?? ""),
                    ("why", d.Why),
                    ("lacks", string.Join(", ", lacking.Select(KeyVaultActions.ShortName)))
                ),
                d.IsActive
                    ? [ReadingPart.Vault, ReadingPart.Assignments]
                    : [ReadingPart.Vault, ReadingPart.Assignments, ReadingPart.Eligibilities]
            );
        }
    }

    /// <summary>Lists the missing operations of a declared grant: null if it is complete, empty if it is missing altogether.</summary>
    private static IReadOnlyList<string>? LackingActive(
        DeclaredGrant d,
        VaultFacts vault,
        VaultReading reading,
        IReadOnlyList<Grant> grants
    )
    {
        if (!vault.IsRbac && d.DataActions is { Count: > 0 })
        {
            return Lacking(
                d,
                [
                    .. grants.Where(g =>
                        g.IsPolicy && IsSame(g.PrincipalId, d.PrincipalId) && IsSame(g.ApplicationId ?? "", d.ApplicationId ?? "")
                    ),
                ]
            );
        }

        var assigned = reading
            .Assignments.Where(a =>
                a.ActivationOf is null && IsSame(a.PrincipalId, d.PrincipalId) && Coverage.IsRole(d, reading.Role(a.RoleId), a.RoleId)
            )
            .ToList();
        var ids = assigned.Select(a => a.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Everywhere(
            d,
            place => assigned.Exists(a => VaultScope.Of(reading.VaultId, a.Scope) is { } at && place(at)),
            place => Lacking(d, [.. grants.Where(g => g.Kind is GrantKind.RoleAssignment && ids.Contains(g.ResourceId) && place(g.Place))]),
            vault
        );
    }

    private static IReadOnlyList<string>? LackingEligible(
        DeclaredGrant d,
        VaultFacts vault,
        VaultReading reading,
        IReadOnlyList<Grant> grants
    )
    {
        var eligible = reading
            .Eligibilities.Where(e => IsSame(e.PrincipalId, d.PrincipalId) && Coverage.IsRole(d, reading.Role(e.RoleId), e.RoleId))
            .ToList();
        var ids = eligible.Select(e => e.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Everywhere(
            d,
            place => eligible.Exists(e => VaultScope.Of(reading.VaultId, e.Scope) is { } at && place(at)),
            place => Lacking(d, [.. grants.Where(g => g.Kind is GrantKind.Eligibility && ids.Contains(g.ResourceId) && place(g.Place))]),
            vault
        );
    }

    /// <summary>Whether a right covers the whole vault, or every key of its limit.</summary>
    private static IReadOnlyList<string>? Everywhere(
        DeclaredGrant d,
        Func<Func<VaultScope, bool>, bool> isThere,
        Func<Func<VaultScope, bool>, IReadOnlyList<string>?> lacking,
        VaultFacts vault
    )
    {
        IEnumerable<Func<VaultScope, bool>> places = d.Keys is { } keys
            ? keys.Select(k => (Func<VaultScope, bool>)(p => p.Kind is null || (p.Kind == "keys" && p.Name == k)))
            : [p => p.Kind is null];
        foreach (var place in places)
        {
            if (!isThere(place))
            {
                return [];
            }

            if (vault.IsRbac && d.DataActions is { Count: > 0 } && lacking(place) is { } some)
            {
                return some;
            }
        }

        return null;
    }

    private static IReadOnlyList<string>? Lacking(DeclaredGrant d, IReadOnlyList<Grant> grants)
    {
        // Operations that a grant may give do not count as missing.
        var given = grants.SelectMany(g => g.Actions.Concat(g.NotKnown)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = d.DataActions!.Where(a => !a.Contains('*', StringComparison.Ordinal));
        var lacking = KeyVaultActions
            .Data.Where(a => ActionPattern.Any(d.DataActions!, a))
            .Union(named, StringComparer.OrdinalIgnoreCase)
            .Where(a => !given.Contains(a))
            .ToList();
        return lacking.Count == 0 ? null
            : given.Count == 0 ? []
            : lacking;
    }

    private static string RoleOf(DeclaredGrant d) =>
        d.ApplicationId is { } application ? $"access policy through application {application}" : d.Role ?? "access policy";

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string Word(PrincipalKind kind) =>
        kind switch
        {
            PrincipalKind.ServicePrincipal => "service principal",
            PrincipalKind.Group => "group",
            _ => "person",
        };
}
