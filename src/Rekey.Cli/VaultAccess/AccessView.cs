using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Responses;
using Rekey.VaultAccess.Rights;

namespace Rekey.Cli.VaultAccess;

/// <summary>Who reaches a vault, and what of it is not as declared.</summary>
/// <param name="Drift">Empty without a declaration.</param>
internal sealed record AccessView(VaultReading Reading, bool HasDeclaration, IReadOnlyList<AccessRow> Rows, IReadOnlyList<Drift> Drift)
{
    /// <summary>Whether anything is not as declared. That a part was not seen is no difference.</summary>
    public bool HasDrift => Drift.Any(d => d.Kind is not DriftKind.NotSeen);

    /// <summary>Whether too little was seen to say that all is as declared: the vault, who is granted what, what may be activated, or who
    /// is behind it.</summary>
    public bool IsUnjudged => HasDeclaration && !HasDrift && !RemoveGrants.SawAll(Reading);

    /// <summary>What is said at the end.</summary>
    public string Verdict =>
        !HasDeclaration ? "Nothing was declared: what is there is shown and not judged."
        : HasDrift ? $"{Drift.Count(d => d.Kind is not DriftKind.NotSeen)} thing(s) are not as declared."
        : IsUnjudged
            ? $"Not all could be seen: {string.Join("; ", Reading.Unseen.Select(u => $"{u.What} ({u.Part}: {u.Why})"))}. "
                + "Whether all is as declared is not known."
        : Reading.Unseen.Count > 0 ? "All that could be seen is as declared."
        : "All is as declared.";

    /// <exception cref="CannotContinueException">The vault is not there, or the declaration does not know it.</exception>
    public static AccessView Of(VaultReading reading, Declaration? declaration)
    {
        var declared = declaration?.Vaults.FirstOrDefault(v => v.ResourceId.Equals(reading.VaultId, StringComparison.OrdinalIgnoreCase));
        if (declaration is not null && declared is null)
        {
            throw new CannotContinueException(
                "vault-not-declared",
                $"The declaration does not know {reading.VaultId}.",
                $"It declares {string.Join(", ", declaration.Vaults.Select(v => v.ResourceId))}."
            );
        }

        if (reading.Vault is null && declared is null)
        {
            throw new CannotContinueException(
                "vault-not-read",
                $"There is no vault {reading.VaultId}, or it may not be read{string.Concat(reading.Unseen.Select(u => $": {u.Why}"))}.",
                "Check the resource id, and that you have Reader on it."
            );
        }

        var drift = declared is null ? [] : DriftJudge.Judge(declaration!, declared, reading);
        var (persons, others) = (Told(DriftKind.HumanInProduction), Told(DriftKind.ForeignIdentity, DriftKind.IndirectReach));
        var coverage = declared is null ? null : new Coverage(declared, reading);
        return new(
            reading,
            declared is not null,
            [.. EffectiveAccess.Of(reading).Select(a => new AccessRow(a, IsDeclared(a, declared, coverage, persons, others)))],
            drift
        );

        HashSet<string> Told(params DriftKind[] kinds) =>
            drift.Where(d => kinds.Contains(d.Kind)).Select(d => d.What).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static bool? IsDeclared(
        EffectiveAccess access,
        DeclaredVault? declared,
        Coverage? coverage,
        HashSet<string> persons,
        HashSet<string> others
    ) =>
        coverage is null ? null
        // A group with persons in it has others too, who may be there.
        : access.Through.Append(access.PrincipalId).Any(id => others.Contains(id) || (access.IsHuman && persons.Contains(id)))
        || (access.Group is { } group && others.Contains(group.Key) && AttackPathDrift.IsUndeclared(access, declared!))
            ? false
        : access.Grant is { } grant
            ? grant.IsReadable ? coverage.Covers(grant)
                : null
        : null;
}
