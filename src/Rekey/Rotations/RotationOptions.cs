using Rekey.Core;

namespace Rekey.Rotations;

/// <summary>Settings for rotations.</summary>
public sealed class RotationOptions
{
    /// <summary>How far rotations go by themselves: record what would be done, ask an approver, or do it.</summary>
    /// <remarks>Observe by default: a tool that changes production keys first shows what it would do.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>The age at which a key is rotated; null for never.</summary>
    /// <remarks>
    /// 90 days, so that rotation is a drill that runs all the time. NIST SP 800-57 part 1 §5.3.6 allows a private signature key one to
    /// three years; PCI DSS 4.0 3.7.4 requires a defined cryptoperiod. Shorter is safe once rotations are graceful.
    /// </remarks>
    public TimeSpan? MaxKeyAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long to wait after a no, or no answer, before asking again. It applies to questions about a key's age, and about old versions
    /// that may still be in use.
    /// </summary>
    /// <remarks>
    /// Seven days: the person on call this week may have had a reason, and the key grows older only by a week. A declined question about
    /// a person who left is never asked again by itself: time adds nothing new to it.
    /// </remarks>
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The lease: how long one process may hold a key's rotation without renewal.</summary>
    /// <remarks>After a crash another process waits this long; it must outlast a single call to the vault.</remarks>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The timeout of a single call to the vault, including waits for a throttle.</summary>
    /// <remarks>Shorter than <see cref="Lease"/>: a slow call would lose its lease.</remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an immediate rotation waits for an unreachable vault before it revokes the old versions without a successor.
    /// </summary>
    /// <remarks>Ten minutes: most outages of a vault are shorter, and a stolen key works for as long as this.</remarks>
    public TimeSpan SuccessorPatience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The interval between retries of a stuck rotation.</summary>
    public TimeSpan StuckRetry { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a published JWKS may be outdated before its rotation counts as stuck.</summary>
    public TimeSpan VerifyPatience { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How late an issuance or a signature may arrive in the logs.</summary>
    /// <remarks>
    /// Audit logs reach Log Analytics within 5 to 15 minutes, so the logs of the last <c>LogLag</c> are incomplete. An old version stops
    /// signing only when a window of this length, which ended this long ago, shows no use of it: at the earliest twice this (and
    /// <c>JwksMaxAge</c>) after the new one was published as current. If this is shorter than the logs' real lag, a log that lags passes
    /// for silence. An issuer without an issuance in the last two <c>LogLag</c> does not count as moved on: for one that issues rarely,
    /// set it longer.
    /// </remarks>
    public TimeSpan LogLag { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// In a graceful rotation without a log of issuances: how long after the new version became current the old one counts as unused.
    /// Null: a person decides.
    /// </summary>
    public TimeSpan? AssumeDrainedAfter { get; set; }

    /// <summary>The brake: with more rotations in an hour than this, a plan becomes <c>Ask</c>.</summary>
    /// <remarks>Twenty: more than one departure causes, fewer than a mass event does.</remarks>
    public int MaxRotationsAnHour { get; set; } = 20;

    /// <summary>The brake: a plan that rotates more than this share of an issuer's keys becomes <c>Ask</c>; in percent.</summary>
    /// <remarks>Issuers with fewer than four keys are not measured: one key of two is half of them.</remarks>
    public int MaxIssuerSharePercent { get; set; } = 50;

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (
            var (name, value) in new[]
            {
                (nameof(Lease), Lease),
                (nameof(CallTimeout), CallTimeout),
                (nameof(SuccessorPatience), SuccessorPatience),
                (nameof(StuckRetry), StuckRetry),
                (nameof(VerifyPatience), VerifyPatience),
                (nameof(LogLag), LogLag),
            }
        )
        {
            if (value <= TimeSpan.Zero)
            {
                yield return $"Rotations:{name} must be longer than zero.";
            }
        }

        if (Lease <= CallTimeout)
        {
            yield return $"Rotations:Lease ({Lease}) must be longer than CallTimeout ({CallTimeout}): a slow call would lose its lease.";
        }

        if (MaxKeyAge < TimeSpan.FromDays(1))
        {
            yield return "Rotations:MaxKeyAge must be a day at least, or null for never.";
        }

        if (AskAgainAfter < TimeSpan.FromHours(1))
        {
            yield return "Rotations:AskAgainAfter must be an hour at least: otherwise a no would be asked again at once.";
        }

        if (MaxRotationsAnHour < 1)
        {
            yield return "Rotations:MaxRotationsAnHour must be 1 at least; to stop everything set the kill switch, Stopped.";
        }

        if (MaxIssuerSharePercent is < 1 or > 100)
        {
            yield return "Rotations:MaxIssuerSharePercent must lie between 1 and 100.";
        }
    }
}
