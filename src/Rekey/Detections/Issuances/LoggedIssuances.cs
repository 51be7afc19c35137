using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Rotations;
using Rekey.Rotations.Steps.Draining;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Detections.Issuances;

/// <summary>
/// Decides from the issuers' logs whether a version still signs, and from the known gaps whether that log is reliable.
/// </summary>
/// <remarks>A version that signs only data that the issuer does not log looks unused here; the vault's audit log shows it.</remarks>
public sealed class LoggedIssuances(
    ITokenLog log,
    IRecords<InstanceGaps> gaps,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    RotationOptions rotations,
    SweepOptions sweeps,
    TimeProvider timeProvider
) : ISigningActivity
{
    // Sweeps run every five minutes.
    private static readonly TimeSpan NextSweep = TimeSpan.FromMinutes(5);

    public string WouldHelp =>
        "The issuer's log answers when it has a row for each issuance with its kid, and no gap: `rekey findings` shows gaps.";

    /// <inheritdoc/>
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

        // 1. A single line proves use. Read a period whose lines have arrived.
        var bound = governedKeys.Find(key.Id);
        var history = await trustLedger.ReadAsync(cancellationToken);
        var kids = history
            .VersionsOf(key.Id)
            .Where(v => versions.Contains(v.Version, StringComparer.Ordinal))
            .Select(v => SweepWindows.KidOf(bound, v))
            .ToList();
        var now = timeProvider.GetUtcNow();
        var (from, heardFrom) = (Cut(since), Cut(now - (2 * rotations.LogLag)));
        var last = await log.LastIssuancesAsync(bound.Issuer.Issuer, kids, from < heardFrom ? from : heardFrom, cancellationToken);
        if (last.OfKids >= from)
        {
            return SigningActivity.Some;
        }

        // 2. The absence of lines is proof only if every line would be seen.
        if (
            kids.Count < versions.Count
            || !last.IsWhole
            || last.OfIssuer is null
            || last.WithoutKid >= from
            || await HasGapAsync(bound.Issuer.Issuer, from, cancellationToken)
        )
        {
            return SigningActivity.Unknown;
        }

        // 3. Sweeps must have checked for gaps until then. Issuances arrive while accesses settle, so add the settle time.
        var looked = await log.JudgedUntilAsync(cancellationToken) + sweeps.SettleTime;
        return looked >= now - rotations.LogLag ? SigningActivity.None
            : looked < now - sweeps.OverdueAfter || looked is null ? SigningActivity.Unknown
            : throw new RetryLaterException(
                $"Gaps in the log of {bound.Issuer.Issuer} were checked until {looked:O}, but not since.",
                NextSweep
            );
    }

    /// <summary>Whether the log may lack lines of that time or later, of any instance.</summary>
    private async Task<bool> HasGapAsync(string iss, DateTimeOffset since, CancellationToken cancellationToken) =>
        await gaps.ListAsync(InstanceGaps.All, cancellationToken)
            .Select(i => i.Value)
            .AnyAsync(i => i.Concerns(iss) && i.Gaps.Any(g => g.Hides && !(g.To < since)), cancellationToken);

    // Both engines have microsecond precision.
    private static DateTimeOffset Cut(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
