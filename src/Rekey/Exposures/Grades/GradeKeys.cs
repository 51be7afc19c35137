using Rekey.Core;
using Rekey.Exposures.Access;
using Rekey.Exposures.Audit;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;
using Rekey.VaultAccess.Reading;

namespace Rekey.Exposures.Grades;

/// <summary>
/// Grades an exposed key: the worst grade of its trusted versions from before the access ended. What cannot be read proves nothing, and
/// delays nothing.
/// </summary>
/// <param name="audit">Null without an audit log: then no key is proven usable.</param>
public sealed class GradeKeys(
    IKeyVault vault,
    VaultReadings readings,
    TrustLedger trustLedger,
    TimeProvider timeProvider,
    AuditReading? audit = null
)
{
    /// <summary>Whether there is an audit log: then it matters when each version was made.</summary>
    public bool ReadsLog => audit is not null;

    /// <param name="versions">The versions of the key in the vault; null when the vault could not be read.</param>
    public async Task<KeyGrade> OfAsync(
        ExposureInquiry inquiry,
        BoundKey key,
        IReadOnlyList<KeyVersionProperties>? versions,
        DateTimeOffset coveredUntil,
        CancellationToken cancellationToken
    )
    {
        // 1. The trusted versions that were there while the access lasted.
        var made = (versions ?? []).ToDictionary(v => v.Version, v => v.Created, StringComparer.OrdinalIgnoreCase);
        var covered = (await trustLedger.ReadAsync(cancellationToken))
            .TrustedOf(key.Key.Id)
            .Where(v => !made.TryGetValue(v.Version, out var created) || created <= coveredUntil)
            .ToList();
        if (covered.Count == 0)
        {
            return new(ExposureGrade.Unproven, ["Which versions of the key are exposed is not known."]);
        }

        // 2. What the control plane, the vault and the audit log say.
        var reading = await OrNullAsync(() => readings.FindAsync(inquiry, key.Key, cancellationToken));
        var newest = audit is null
            ? null
            : await OrNullAsync(async () => (KeyVersion?)await vault.GetKeyAsync(key.Key, version: null, cancellationToken));
        var uses = audit is null
            ? null
            : await OrNullAsync(async () => (AuditAnswer<AuditedUse>?)await audit.UsesAsync(inquiry, cancellationToken));
        var silences = audit is null
            ? null
            : await OrNullAsync(async () => (AuditAnswer<AuditSilence>?)await audit.SilencesAsync(inquiry, cancellationToken));
        var now = timeProvider.GetUtcNow();
        var grades = covered
            .Select(v =>
                VersionGrade.Of(
                    new(
                        v.Version,
                        made.TryGetValue(v.Version, out var created) ? created : null,
                        Listed(reading, key.Key, v.Version),
                        newest is not { Managed: false },
                        uses is { IsWhole: true } || uses?.Rows.Any(u => u.IsOf(key.Key)) == true
                            ? [.. uses.Rows.Where(u => u.IsOf(key.Key))]
                            : null,
                        silences is { IsWhole: true } && uses is { IsWhole: true }
                            ? [.. silences.Rows.Where(s => s.Vault.Equals(key.Key.VaultUri.Authority, StringComparison.OrdinalIgnoreCase))]
                            : null
                    ),
                    now
                )
            )
            .ToList();

        // 3. The worst of them, with its evidence.
        var worst = grades.Max(g => g.Grade);
        return new(worst, [.. grades.Where(g => g.Grade == worst).SelectMany(g => g.Why).Distinct(StringComparer.Ordinal).Take(5)]);
    }

    private static ListedKey? Listed(VaultReading? reading, SigningKey key, string version) =>
        reading?.Keys.FirstOrDefault(k =>
            k.Name.Equals(key.Name, StringComparison.OrdinalIgnoreCase)
            && string.Equals(k.Version, version, StringComparison.OrdinalIgnoreCase)
        );

    private static async Task<T?> OrNullAsync<T>(Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return null;
        }
    }
}
