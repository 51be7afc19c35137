using Rekey.Core;
using Rekey.Exposures.Grades;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Exposures.Audit;

/// <summary>Decides from the vault's audit log whether a version still signs: every signature of a vault key is a row.</summary>
public sealed class AuditedSignatures(IAuditLog log, IKeyVault vault, RotationOptions rotations, TimeProvider timeProvider)
    : ISigningActivity
{
    private const string Sign = "keysign";

    public string WouldHelp =>
        "The audit log answers when the vault's diagnostic setting sends the audit events to the workspace that Rekey reads.";

    public async Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        if (versions.Count == 0)
        {
            return SigningActivity.None;
        }

        // 1. One signature is proof. A row without a version may be of any of them.
        var uses = await log.UsesAsync(new([key], Principals: null, since), cancellationToken);
        var signatures = uses.Rows.Where(u => u.Operation == Sign && u.IsOf(key)).ToList();
        if (signatures.Exists(u => u.Version.Length == 32 && versions.Any(u.Covers)))
        {
            return SigningActivity.Some;
        }

        if (!uses.IsWhole || signatures.Exists(u => u.Version.Length != 32))
        {
            return SigningActivity.Unknown;
        }

        // 2. The absence of rows is proof only if the log goes on: its last row of any kind must be from after the window.
        var now = timeProvider.GetUtcNow();
        var silences = await log.SilencesAsync(
            [key.VaultUri.Authority.ToLowerInvariant()],
            Earlier(since, now - VersionGrade.MaxPause),
            VersionGrade.MaxPause,
            cancellationToken
        );
        var last = silences.Rows.Where(s => s.To is null).Max(s => s.From);
        if (!silences.IsWhole || last is null || silences.Rows.Any(s => s is { From: { } from, To: { } to } && to > since && from < now))
        {
            return SigningActivity.Unknown;
        }

        if (last >= now - rotations.LogLag)
        {
            return SigningActivity.None;
        }

        // 3. A quiet vault: reading the key makes a row, which arrives within LogLag.
        await vault.GetKeyAsync(key, version: null, cancellationToken);
        throw new RetryLaterException(
            $"The audit log of {key.VaultUri.Authority} has no row since {last:O}. Rekey has read the key, which makes one.",
            rotations.LogLag
        );
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
