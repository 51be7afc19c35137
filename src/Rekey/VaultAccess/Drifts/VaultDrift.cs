using Rekey.Core;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Drifts;

/// <summary>The vault itself: its permission model, network, protections, logs and keys. Pure.</summary>
internal static class VaultDrift
{
    /// <summary>How many versions a finding about a key names.</summary>
    private const int SomeVersions = 10;

    public static IEnumerable<Drift> Of(Declaration declaration, DeclaredVault declared, VaultReading reading)
    {
        if (reading.Vault is not { } vault)
        {
            return reading.Saw(ReadingPart.Vault)
                ? [Make(DriftKind.VaultGone, "", "A declared vault is not there.", ReadingPart.Vault)]
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
                        ? "The vault's permission model is RBAC; declared are access policies, which are void now."
                        : "The vault's permission model is access policies; declared is RBAC. Whoever may write the vault may give "
                            + "themselves anything in it.",
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
                        ? "The vault's address is open to everybody."
                        : "The vault's firewall lets in what is not declared.",
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
                    "The vault has no purge protection: keys can be destroyed for good.",
                    ReadingPart.Vault
                );
            }

            if ((facts.SoftDeleteDays ?? 0) < declared.SoftDeleteDays)
            {
                yield return Make(
                    DriftKind.RetentionShortened,
                    "soft delete",
                    $"What is deleted can be restored for {facts.SoftDeleteDays ?? 0} days; declared are {declared.SoftDeleteDays}.",
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
                            $"The vault's audit log does not go where the setting '{d.Name}' is declared to send it.",
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
                        $"The audit log is kept for {t.Days} days; declared are {declared.RetentionDays}.",
                        ReadingPart.Retention,
                        ("workspace", t.WorkspaceId),
                        ("table", t.Table),
                        ("days", $"{t.Days}"),
                        ("declared", $"{declared.RetentionDays}"),
                        ("attack", "T1562.008")
                    )
                );

        // One finding a key, whichever of its versions it is about.
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
                                    "A key is kept in software and not in hardware.",
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
