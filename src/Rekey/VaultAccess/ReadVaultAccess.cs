using Rekey.Core;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess;

/// <summary>Reads everything about who reaches a vault. What may not be seen is said to be so; a service that does not answer ends the
/// reading.</summary>
public sealed class ReadVaultAccess(IResourceManager resources, IPrincipals principals, TimeProvider timeProvider)
{
    /// <exception cref="RetryLaterException">A service throttles or cannot be reached: half a reading would be taken for a whole
    /// one.</exception>
    public async Task<VaultReading> ReadAsync(string vaultId, CancellationToken cancellationToken)
    {
        // 1. The vault.
        var unseen = new List<Unseen>();
        var seeing = new VisibleParts(unseen);
        var vault = await seeing.TryAsync(ReadingPart.Vault, vaultId, () => resources.GetVaultAsync(vaultId, cancellationToken));
        var reading = new VaultReading(vaultId, timeProvider.GetUtcNow(), vault) { Unseen = unseen };
        if (vault is null)
        {
            return reading;
        }

        // 2. Who is granted what on it, and then what may be activated: whoever activates in between is not there yet, and no standing
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

        // 3. What these roles mean, who is behind them, and by what ways round.
        var roles = new RoleReader(resources, seeing);
        await roles.ReadAsync(
            vaultId,
            reading.Assignments.Select(a => a.RoleId).Concat(reading.Eligibilities.Select(e => e.RoleId)),
            ReadingPart.Assignments,
            cancellationToken
        );
        reading = reading with { Roles = roles.Found };
        var reach = await new AttackPathReader(resources, principals, roles, seeing).ReadAsync(reading, cancellationToken);

        // 4. How it is watched, and what is in it.
        var diagnostics = await seeing.TryAsync(ReadingPart.Diagnostics, vaultId, async () =>
            await resources.GetDiagnosticSettingsAsync(vaultId, cancellationToken)
        ) ?? [];
        return reading with
        {
            Roles = roles.Found,
            Principals = reach.Principals,
            Resources = reach.Resources,
            Diagnostics = diagnostics,
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
