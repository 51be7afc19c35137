using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Responses;
using Rekey.VaultAccess.Rights;

namespace Rekey.Cli.VaultAccess;

/// <summary>The access to a vault, and its differences from the declaration.</summary>
/// <param name="Drift">Empty without a declaration.</param>
internal sealed record AccessView(VaultReading Reading, bool HasDeclaration, IReadOnlyList<AccessRow> Rows, IReadOnlyList<Drift> Drift)
{
    /// <summary>The names of principals by object id, where they are known.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The name of a principal; null when it is not known.</summary>
    public string? NameOf(string principalId) =>
        Names.FirstOrDefault(n => n.Key.Equals(principalId, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Whether access differs from the declaration. A part that was not seen is no difference.</summary>
    public bool HasDrift => Drift.Any(d => d.Kind is not DriftKind.NotSeen);

    /// <summary>Whether too little was seen for a verdict: some of the vault, its assignments, eligibilities or principals could not be
    /// read.</summary>
    public bool IsUnjudged => HasDeclaration && !HasDrift && !RemoveGrants.SawAll(Reading);

    /// <summary>The verdict, as one line of text.</summary>
    public string Verdict =>
        !HasDeclaration ? "There is no declaration: access is shown, but not judged."
        : HasDrift ? $"{Drift.Count(d => d.Kind is not DriftKind.NotSeen)} difference(s) from the declaration."
        : IsUnjudged
            ? $"Some parts could not be read: {string.Join("; ", Reading.Unseen.Select(u => $"{u.What} ({u.Part}: {u.Why})"))}. "
                + "It is unknown whether access is as declared."
        : (Reading.Unseen.Count > 0 ? "All access that could be read is as declared." : "All access is as declared.") + NotJudged;

    private string NotJudged =>
        Rows.Count(r => r.IsDeclared is null) is > 0 and var rows
            ? $" Not judged: {rows} row(s), because a declaration lists grants on the vault only. Read them."
            : "";

    /// <exception cref="CannotContinueException">The vault does not exist, or the declaration does not list it.</exception>
    public static AccessView Of(VaultReading reading, Declaration? declaration)
    {
        var declared = declaration?.Vaults.FirstOrDefault(v => v.ResourceId.Equals(reading.VaultId, StringComparison.OrdinalIgnoreCase));
        if (declaration is not null && declared is null)
        {
            throw new CannotContinueException(
                "vault-not-declared",
                $"The declaration does not list {reading.VaultId}.",
                $"Add the vault to the declaration. It lists {string.Join(", ", declaration.Vaults.Select(v => v.ResourceId))}."
            );
        }

        if (reading.Vault is null && declared is null)
        {
            throw new CannotContinueException(
                "vault-not-read",
                $"The vault {reading.VaultId} is missing or not readable{string.Concat(reading.Unseen.Select(u => $": {u.Why}"))}.",
                reading.Unseen.Any(u => u.Why.Contains("credential-unavailable", StringComparison.Ordinal))
                    ? "You are not signed in. Run: az login"
                    : "Check the resource id, and that you have Reader on the vault."
            );
        }

        var drift = declared is null ? [] : DriftJudge.Judge(declaration!, declared, reading);
        var (persons, others) = (
            PrincipalsOf(DriftKind.HumanInProduction),
            PrincipalsOf(DriftKind.ForeignIdentity, DriftKind.IndirectReach)
        );
        var coverage = declared is null ? null : new Coverage(declared, reading);
        return new(
            reading,
            declared is not null,
            [.. EffectiveAccess.Of(reading).Select(a => new AccessRow(a, IsDeclared(a, declared, coverage, persons, others)))],
            drift
        );

        HashSet<string> PrincipalsOf(params DriftKind[] kinds) =>
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
        // A group with persons can also have members that are declared.
        : access.Through.Append(access.PrincipalId).Any(id => others.Contains(id) || (access.IsHuman && persons.Contains(id)))
        || (access.Group is { } group && others.Contains(group.Key) && AttackPathDrift.IsUndeclared(access, declared!))
            ? false
        : access.Grant is { } grant
            ? grant.IsReadable ? coverage.Covers(grant)
                : null
        : null;
}
