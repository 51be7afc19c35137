using Rekey.Core;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess;

/// <summary>Reads all access to a vault. It reports parts that it may not read; a service that does not respond ends the
/// reading.</summary>
public sealed class ReadVaultAccess(IResourceManager resources, IPrincipals principals, TimeProvider timeProvider)
{
    /// <exception cref="RetryLaterException">A service throttles or cannot be reached: half a reading would look like a whole
    /// one.</exception>
    public async Task<VaultReading> ReadAsync(string vaultId, CancellationToken cancellationToken)
    {
        // 1. Read the vault.
        var unseen = new List<Unseen>();
        var seeing = new VisibleParts(unseen);
        var vault = await seeing.TryAsync(ReadingPart.Vault, vaultId, () => resources.GetVaultAsync(vaultId, cancellationToken));
        var reading = new VaultReading(vaultId, timeProvider.GetUtcNow(), vault) { Unseen = unseen };
        if (vault is null)
        {
            return reading;
        }

        // 2. Read the assignments, and then the eligibilities: a role that is activated in between does not look like a standing
        // right.
        var assignments = await seeing.TryAsync(ReadingPart.Assignments, vaultId, async () =>
            await resources.GetRoleAssignmentsAsync(vaultId, cancellationToken)
        ) ?? [];
        var eligible = await seeing.TryAsync(ReadingPart.Eligibilities, vaultId, async () =>
            await resources.GetEligibilitiesAsync(vaultId, cancellationToken)
        );
        reading = reading with
        {
            Eligibilities = eligible?.Eligibilities ?? [],
            Assignments =
            [
                .. assignments.Select(a => eligible?.Activations.GetValueOrDefault(a.Id) is { } of ? a with { ActivationOf = of } : a),
            ],
        };

        // 3. Read the diagnostics: they name the storage account of the audit log, and who has its keys is access too.
        var diagnostics = await seeing.TryAsync(ReadingPart.Diagnostics, vaultId, async () =>
            await resources.GetDiagnosticSettingsAsync(vaultId, cancellationToken)
        ) ?? [];
        reading = reading with { Diagnostics = diagnostics };

        // 4. Read the roles, the principals behind them, and the attack paths.
        var roles = new RoleReader(resources, seeing);
        await roles.ReadAsync(
            vaultId,
            reading.Assignments.Select(a => a.RoleId).Concat(reading.Eligibilities.Select(e => e.RoleId)),
            ReadingPart.Assignments,
            cancellationToken
        );
        reading = reading with { Roles = roles.Found };
        var reach = await new AttackPathReader(resources, principals, roles, seeing).ReadAsync(reading, cancellationToken);

        // 5. Read the retention of the audit log, and the keys.
        return reading with
        {
            Roles = roles.Found,
            Principals = reach.Principals,
            Resources = reach.Resources,
            Retention = await RetentionAsync(diagnostics, seeing, cancellationToken),
            Keys = await new KeyReader(resources, seeing).ReadAsync(vaultId, reading.ReadAt, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<TableRetention>> RetentionAsync(
        IEnumerable<DiagnosticSetting> diagnostics,
        VisibleParts seeing,
        CancellationToken cancellationToken
    )
    {
        var found = new List<TableRetention>();
        foreach (
            var (workspace, table) in diagnostics
                .Where(d => d is { LogsAudit: true, WorkspaceId: not null })
                .Select(d => (d.WorkspaceId!, d.Table))
                .Distinct()
        )
        {
            if (
                await seeing.TryAsync(ReadingPart.Retention, $"{workspace}/{table}", () =>
                    resources.GetTableRetentionAsync(workspace, table, cancellationToken)
                ) is
                { } retention
            )
            {
                found.Add(retention);
            }
        }

        return found;
    }
}
