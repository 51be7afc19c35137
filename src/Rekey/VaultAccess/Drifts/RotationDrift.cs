using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Checks whether Rekey can rotate a vault's keys with its actual rights, before a departure needs it (T24). Pure.</summary>
internal static class RotationDrift
{
    private const string AllAlone = "its key permission all may not include rotate; add the key permission rotate";

    /// <summary>The operations of a rotation: read versions, create a new one, disable the old ones.</summary>
    private static readonly string[] ByRole =
    [
        KeyVaultActions.Vaults + "keys/read",
        KeyVaultActions.Rotate,
        KeyVaultActions.Vaults + "keys/update/action",
    ];

    /// <summary>The same as access policy permissions, where get and list are separate.</summary>
    private static readonly string[] ByPolicy = ["get", "list", "rotate", "update"];

    public static IEnumerable<Drift> Of(DeclaredVault declared, VaultReading reading)
    {
        if (declared.Rotator is not { } rotator || reading.Vault is not { } vault)
        {
            yield break;
        }

        var lacking = Lacking(rotator.PrincipalId, declared, reading, vault);
        var isShutOut = IsShutOut(rotator, vault.Network);
        var isNotKnown = lacking.Count == 0 && !vault.IsRbac && RestsOnAll(vault, new Holders(rotator.PrincipalId, reading));
        if (lacking.Count > 0 || isShutOut || isNotKnown)
        {
            string[] why =
            [
                .. lacking.Count > 0 ? [$"it lacks {string.Join(", ", lacking)}"] : Array.Empty<string>(),
                .. isShutOut ? ["the vault's firewall blocks it"] : Array.Empty<string>(),
                .. isNotKnown ? [AllAlone] : Array.Empty<string>(),
            ];
            var cannot = lacking.Count > 0 || isShutOut ? "cannot" : "may not be able to";
            yield return new(
                DriftKind.RotationNotAllowed,
                declared.Name,
                "",
                $"Rekey {cannot} rotate the keys of a vault: {string.Join(", and ", why)}.",
                Facts.Of(
                    ("vault", reading.VaultId),
                    ("principal", rotator.PrincipalId),
                    ("model", vault.IsRbac ? "rbac" : "accessPolicies"),
                    ("lacks", string.Join(", ", lacking)),
                    ("notKnown", isNotKnown ? "the key permission rotate" : ""),
                    ("shutOut", isShutOut ? "yes" : ""),
                    ("letInBy", string.Join(", ", rotator.LetInBy ?? []))
                ),
                [ReadingPart.Vault, ReadingPart.Assignments, ReadingPart.Principals]
            );
        }
    }

    private static IReadOnlyList<string> Lacking(string rotator, DeclaredVault declared, VaultReading reading, VaultFacts vault)
    {
        if (vault.IsRbac && !reading.Saw(ReadingPart.Assignments))
        {
            return [];
        }

        var holders = new Holders(rotator, reading);
        var (proven, possible) = vault.IsRbac
            ? (
                ByRoles(reading, holders.Include, Places(declared, holders)),
                ByRoles(reading, holders.MayInclude, Places(declared, holders))
            )
            : (ByPolicies(vault, holders.Include), ByPolicies(vault, holders.MayInclude));

        // A group that could not be read may give these rights: they do not count as missing.
        return possible.Count == 0 ? [] : proven;
    }

    /// <summary>Returns the whole vault, or the keys that its declared right to rotate covers.</summary>
    private static IReadOnlyList<string?> Places(DeclaredVault declared, Holders holders)
    {
        var rotating = declared
            .Grants.Where(d =>
                d.IsActive && holders.Include(d.PrincipalId) && d.DataActions is { } data && ActionPattern.Any(data, KeyVaultActions.Rotate)
            )
            .ToList();
        return rotating.Count > 0 && rotating.TrueForAll(d => d.Keys is not null)
            ? [.. rotating.SelectMany(d => d.Keys!).Distinct(StringComparer.Ordinal)]
            : [null];
    }

    /// <summary>Skips eligible roles, which a program cannot activate, and grants with a condition, whose effect is unknown.</summary>
    private static List<string> ByRoles(VaultReading reading, Func<string, bool> isHolder, IReadOnlyList<string?> places)
    {
        var held = Grants
            .Of(reading)
            .Where(g => g is { Kind: GrantKind.RoleAssignment, IsReadable: true, HasCondition: false } && isHolder(g.PrincipalId))
            .ToList();
        return
        [
            .. places.SelectMany(key =>
                ByRole
                    .Where(action => !held.Exists(g => IsAt(g.Place, key) && g.Actions.Contains(action, StringComparer.OrdinalIgnoreCase)))
                    .Select(action => KeyVaultActions.ShortName(action) + (key is null ? "" : $" on keys/{key}"))
            ),
        ];
    }

    private static bool IsAt(VaultScope place, string? key) =>
        place.Kind is null || (key is not null && place is { Kind: "keys", Name: { } name } && name == key);

    /// <summary>Skips policies with an application: they count only if a person signs in through it.</summary>
    private static List<string> ByPolicies(VaultFacts vault, Func<string, bool> isHolder)
    {
        var held = Permissions(vault, isHolder);
        return held.Any(KeyVaultActions.IsAll) ? [] : [.. ByPolicy.Where(p => !held.Contains(p)).Select(p => $"the key permission {p}")];
    }

    /// <summary>Whether only <c>all</c> may let it rotate.</summary>
    private static bool RestsOnAll(VaultFacts vault, Holders holders) =>
        Permissions(vault, holders.Include).Any(KeyVaultActions.IsAll) && !Permissions(vault, holders.MayInclude).Contains("rotate");

    private static HashSet<string> Permissions(VaultFacts vault, Func<string, bool> isHolder) =>
        vault
            .Policies.Where(p => p.ApplicationId is null && isHolder(p.ObjectId))
            .SelectMany(p => p.Keys)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the firewall blocks the app. The trusted-services bypass excludes function apps. Without a declared source, any
    /// allowed network may be the app's.</summary>
    private static bool IsShutOut(DeclaredRotator rotator, VaultNetwork network)
    {
        string[] open = [.. network.PrivateEndpoints, .. network.IsPublic ? network.Subnets.Concat(network.AddressRules) : []];
        return !network.IsOpen
            && (rotator.LetInBy is { } ways ? !ways.Any(way => open.Any(o => AddressRule.Covers(o, way))) : open.Length == 0);
    }

    /// <summary>The rotator and its groups.</summary>
    private sealed class Holders(string rotator, VaultReading reading)
    {
        private readonly Dictionary<string, PrincipalFacts> _known = reading.Principals.ToDictionary(
            p => p.Id,
            StringComparer.OrdinalIgnoreCase
        );

        public bool Include(string principal) =>
            principal.Equals(rotator, StringComparison.OrdinalIgnoreCase)
            || _known.GetValueOrDefault(principal)?.Members.Contains(rotator, StringComparer.OrdinalIgnoreCase) == true;

        public bool MayInclude(string principal) =>
            Include(principal)
            || (
                !reading.Saw(ReadingPart.Principals)
                && _known.GetValueOrDefault(principal) is null or { Members: [], Kind: PrincipalKind.Group or PrincipalKind.Unknown }
            );
    }
}
