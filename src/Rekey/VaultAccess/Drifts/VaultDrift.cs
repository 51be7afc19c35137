using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Drifts;

/// <summary>Finds drift of the vault itself: permission model, network, protections, logs and keys. Pure.</summary>
internal static class VaultDrift
{
    /// <summary>The maximum number of versions that a finding about a key lists.</summary>
    private const int SomeVersions = 10;

    public static IEnumerable<Drift> Of(Declaration declaration, DeclaredVault declared, VaultReading reading)
    {
        if (reading.Vault is not { } vault)
        {
            return reading.Saw(ReadingPart.Vault)
                ? [Make(DriftKind.VaultGone, "", "A declared vault does not exist.", ReadingPart.Vault)]
                : [];
        }

        return Model(vault).Concat(Network(vault)).Concat(Protection(vault)).Concat(Diagnostics()).Concat(Retention()).Concat(Keys());

        Drift Make(
            DriftKind kind,
            string what,
            string sentence,
            ReadingPart part,
            params ReadOnlySpan<(string Name, string Value)> evidence
        ) =>
            new(
                kind,
                declared.Name,
                what,
                sentence,
                Facts.Of([("vault", reading.VaultId), .. evidence]),
                part is ReadingPart.Retention ? [part, ReadingPart.Diagnostics] : [part]
            );

        IEnumerable<Drift> Model(VaultFacts facts)
        {
            if (facts.IsRbac != declaration.PermissionModel is PermissionModel.Rbac)
            {
                yield return Make(
                    DriftKind.ModelFlipped,
                    "",
                    facts.IsRbac
                        ? "The vault's permission model is RBAC; the declared access policies have no effect."
                        : "The vault's permission model is access policies instead of the declared RBAC. Everyone who can write the "
                            + "vault can grant themselves any right in it.",
                    ReadingPart.Vault,
                    ("model", facts.IsRbac ? "rbac" : "accessPolicies"),
                    ("policies", $"{facts.Policies.Count}"),
                    ("voidGrants", $"{declared.Grants.Count(g => g.IsActive)}"),
                    ("attack", "T1098")
                );
            }
        }

        IEnumerable<Drift> Network(VaultFacts facts)
        {
            var network = facts.Network;
            string[] addresses = network.IsPublic
                ? [.. network.AddressRules.Where(found => !declared.AddressRules.Any(d => AddressRule.Covers(d, found)))]
                : [];
            string[] subnets = network.IsPublic ? [.. network.Subnets.Except(declared.Subnets, StringComparer.OrdinalIgnoreCase)] : [];
            string[] endpoints = declared.PrivateEndpoints is { } known
                ? [.. network.PrivateEndpoints.Except(known, StringComparer.OrdinalIgnoreCase)]
                : [];
            var letsBy = network.LetsServicesBy && declared.LetsServicesBy is false;
            if (endpoints.Length > 0 || letsBy || (!declared.IsOpen && (network.IsOpen || addresses.Length > 0 || subnets.Length > 0)))
            {
                yield return Make(
                    DriftKind.NetworkOpened,
                    "",
                    network.IsOpen && !declared.IsOpen
                        ? "The vault accepts connections from every network."
                        : "The vault's firewall allows networks that are not declared.",
                    ReadingPart.Vault,
                    ("open", network.IsOpen ? "yes" : "no"),
                    ("addressRules", string.Join(", ", addresses)),
                    ("subnets", string.Join(", ", subnets)),
                    ("privateEndpoints", string.Join(", ", endpoints)),
                    ("bypass", letsBy ? "AzureServices" : ""),
                    ("attack", "T1562")
                );
            }
        }

        IEnumerable<Drift> Protection(VaultFacts facts)
        {
            if (declared.IsPurgeProtected && !facts.IsPurgeProtected)
            {
                yield return Make(
                    DriftKind.PurgeProtectionOff,
                    "",
                    "The vault has no purge protection: keys can be destroyed permanently.",
                    ReadingPart.Vault
                );
            }

            if ((facts.SoftDeleteDays ?? 0) < declared.SoftDeleteDays)
            {
                yield return Make(
                    DriftKind.RetentionShortened,
                    "soft delete",
                    $"Soft delete keeps deleted keys {facts.SoftDeleteDays ?? 0} days instead of the declared {declared.SoftDeleteDays}.",
                    ReadingPart.Vault,
                    ("days", $"{facts.SoftDeleteDays ?? 0}"),
                    ("declared", $"{declared.SoftDeleteDays}")
                );
            }
        }

        IEnumerable<Drift> Diagnostics() =>
            reading.Saw(ReadingPart.Diagnostics)
                ? declared
                    .Diagnostics.Where(d =>
                        !IsKept(d, reading.Diagnostics.FirstOrDefault(s => s.Name.Equals(d.Name, StringComparison.OrdinalIgnoreCase)))
                    )
                    .Select(d =>
                        Make(
                            DriftKind.DiagnosticsGone,
                            d.Name,
                            $"The vault's audit log does not go to the destination that the setting '{d.Name}' declares.",
                            ReadingPart.Diagnostics,
                            ("setting", d.Name),
                            ("attack", "T1562.008")
                        )
                    )
                : [];

        IEnumerable<Drift> Retention() =>
            reading
                .Retention.Where(t => t.Days < declared.RetentionDays)
                .Select(t =>
                    Make(
                        DriftKind.RetentionShortened,
                        $"{t.WorkspaceId}/{t.Table}".ToLowerInvariant(),
                        $"The retention of the audit log is {t.Days} days instead of the declared {declared.RetentionDays}.",
                        ReadingPart.Retention,
                        ("workspace", t.WorkspaceId),
                        ("table", t.Table),
                        ("days", $"{t.Days}"),
                        ("declared", $"{declared.RetentionDays}"),
                        ("attack", "T1562.008")
                    )
                );

        // One finding per key, for all of its versions.
        IEnumerable<Drift> Keys() =>
            !declared.HardwareKeys
                ? []
                : reading
                    .Keys.Where(k => k.IsExportable)
                    .GroupBy(k => k.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(k =>
                        Make(
                            DriftKind.KeyExportable,
                            $"keys/{k.Key}".ToLowerInvariant(),
                            "A key can be exported.",
                            ReadingPart.Keys,
                            ("key", k.Key),
                            ("versions", Versions(k)),
                            ("attack", "T1552.004")
                        )
                    )
                    .Concat(
                        reading
                            .Keys.Where(k => !k.IsHardware)
                            .GroupBy(k => k.Name, StringComparer.OrdinalIgnoreCase)
                            .Select(k =>
                                Make(
                                    DriftKind.KeyInSoftware,
                                    $"keys/{k.Key}".ToLowerInvariant(),
                                    "A key is protected by software instead of hardware.",
                                    ReadingPart.Keys,
                                    ("key", k.Key),
                                    (
                                        "keyType",
                                        string.Join(
                                            ", ",
                                            k.Select(v => v.KeyType).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                                        )
                                    ),
                                    ("versions", Versions(k))
                                )
                            )
                    );
    }

    private static string Versions(IEnumerable<ListedKey> versions)
    {
        var named = versions.Select(v => v.Version).OfType<string>().Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", named.Take(SomeVersions)) + (named.Count > SomeVersions ? $" and {named.Count - SomeVersions} more" : "");
    }

    private static bool IsKept(DeclaredDiagnostics declared, DiagnosticSetting? found) =>
        found is { LogsAudit: true, IsSent: true }
        && Is(declared.WorkspaceId, found.WorkspaceId)
        && Is(declared.StorageAccountId, found.StorageAccountId)
        && Is(declared.EventHubRuleId, found.EventHubRuleId)
        && (declared.IsDedicated is not { } dedicated || dedicated == found.IsDedicated);

    private static bool Is(string? wanted, string? found) =>
        wanted is null || string.Equals(wanted.TrimEnd('/'), found?.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
}
