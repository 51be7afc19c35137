using Rekey.VaultAccess.Reading;
using static Rekey.Tests.VaultAccess.ReportedFindings;

namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>The vault itself: its network, protections, logs and keys.</summary>
internal static class VaultChanges
{
    public static readonly IReadOnlyList<Change> All =
    [
        NetworkOpened,
        AddressLetIn,
        ServicesLetBy,
        EndpointConnected,
        PurgeProtectionOff,
        SoftDeleteShortened,
        DiagnosticsGone,
        RetentionShortened,
        KeyExportable,
        KeyInSoftware,
    ];

    private static Func<Actual, IEnumerable<string>> NetworkOpened(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { IsPublic = true, AllowsAll = true } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> AddressLetIn(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { IsPublic = true, AddressRules = ["203.0.113.0/24"] } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> ServicesLetBy(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { Network = v.Azure.Vault.Network with { LetsServicesBy = true } };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> EndpointConnected(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with
        {
            Network = v.Azure.Vault.Network with
            {
                PrivateEndpoints =
                [
                    .. v.Azure.Vault.Network.PrivateEndpoints,
                    $"{AzureEstate.Group}-other/providers/Microsoft.Network/privateEndpoints/another",
                ],
            },
        };
        return _ => [About("vault-network-opened", "")];
    }

    private static Func<Actual, IEnumerable<string>> PurgeProtectionOff(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { IsPurgeProtected = false };
        return _ => [About("vault-purge-protection-off", "")];
    }

    private static Func<Actual, IEnumerable<string>> SoftDeleteShortened(ProdVault v, Random dice)
    {
        v.Azure.Vault = v.Azure.Vault! with { SoftDeleteDays = dice.Next(2) == 0 ? null : 7 };
        return _ => [About("vault-retention-shortened", "soft delete")];
    }

    private static Func<Actual, IEnumerable<string>> DiagnosticsGone(ProdVault v, Random dice)
    {
        v.Azure.Diagnostics[0] = Pick(
            dice,
            v.Azure.Diagnostics[0] with
            {
                Name = "another",
            },
            v.Azure.Diagnostics[0] with
            {
                LogsAudit = false,
            },
            v.Azure.Diagnostics[0] with
            {
                WorkspaceId = null,
            },
            v.Azure.Diagnostics[0] with
            {
                StorageAccountId = null,
            },
            v.Azure.Diagnostics[0] with
            {
                StorageAccountId = $"{AzureEstate.Archive}2",
            },
            v.Azure.Diagnostics[0] with
            {
                IsDedicated = false,
            }
        );
        return _ => [About("vault-diagnostics-gone", "audit-to-la")];
    }

    private static Func<Actual, IEnumerable<string>> RetentionShortened(ProdVault v, Random dice)
    {
        v.Azure.RetentionDays = dice.Next(30, 730);
        v.Azure.Diagnostics.Add(
            new("second", LogsAudit: true, AzureEstate.Workspace, StorageAccountId: null, EventHubRuleId: null, IsDedicated: false)
        );
        return _ =>
            new[] { "AZKVAuditLogs", "AzureDiagnostics" }
                .Where(t => v.Azure.Diagnostics.Any(d => d is { LogsAudit: true, WorkspaceId: not null } && d.Table == t))
                .Select(t => About("vault-retention-shortened", $"{AzureEstate.Workspace}/{t}".ToLowerInvariant()));
    }

    private static Func<Actual, IEnumerable<string>> KeyExportable(ProdVault v, Random dice) =>
        WithKey(v, dice, "Portable", new("Portable", "RSA-HSM", IsExportable: true, "bad"), "vault-key-exportable");

    private static Func<Actual, IEnumerable<string>> KeyInSoftware(ProdVault v, Random dice) =>
        WithKey(v, dice, "soft", new("soft", Pick(dice, "RSA", "EC"), IsExportable: false, "bad"), "vault-key-in-software");

    /// <summary>Among good versions, older and newer ones, one that is not: it counts unless it is disabled or has ended.</summary>
    private static Func<Actual, IEnumerable<string>> WithKey(ProdVault v, Random dice, string name, ListedKey bad, string kind)
    {
        var (isEnabled, ends) = (
            dice.Next(3) > 0,
            Pick<DateTimeOffset?>(dice, null, DateTimeOffset.UtcNow.AddYears(1), DateTimeOffset.UtcNow.AddDays(-1))
        );
        var others = Enumerable
            .Range(0, dice.Next(0, 4))
            .Select(n => new KeptVersion(
                new(name, "EC-HSM", IsExportable: false, $"good-{n}"),
                IsEnabled: dice.Next(2) == 0,
                CreatedOn: DateTimeOffset.UnixEpoch.AddDays(dice.Next(100))
            ));
        v.Azure.Keys.AddRange([.. others, new(bad, isEnabled, ends, DateTimeOffset.UnixEpoch.AddDays(50))]);
        return _ => isEnabled && !(ends < DateTimeOffset.UtcNow) ? [About(kind, $"keys/{name}")] : [];
    }
}
