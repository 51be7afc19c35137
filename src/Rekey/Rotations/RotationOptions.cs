using Rekey.Core;

namespace Rekey.Rotations;

/// <summary>How rotations behave.</summary>
public sealed class RotationOptions
{
    /// <summary>How far rotations go by themselves: what would be done is recorded, an approver is asked, or it is done.</summary>
    /// <remarks>Observe: a tool that changes production keys first shows what it would do.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>After how long a key is rotated by age; null for never.</summary>
    /// <remarks>
    /// 90 days, so that leaving is a drill that runs all the time. NIST SP 800-57 part 1 §5.3.6 allows a private signature key one to three
    /// years; PCI DSS 4.0 3.7.4 wants a defined cryptoperiod. Shorter is safe once rotations are graceful.
    /// </remarks>
    public TimeSpan? MaxKeyAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a no, or no answer, holds before it is asked again, where the question is about a key's age or about old versions that
    /// nobody can prove unused.
    /// </summary>
    /// <remarks>
    /// Seven days: whoever is on call this week may have had a reason, and the key grows older only by a week. What is declined about a
    /// person who left is never asked again by itself: nothing about it becomes new with time.
    /// </remarks>
    public TimeSpan AskAgainAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long one process may hold a key's rotation without a sign of life.</summary>
    /// <remarks>After a crash another process waits this long; it must outlast a single call to the vault.</remarks>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The longest that a single call to the vault may take, its waiting for a throttle included.</summary>
    /// <remarks>Shorter than <see cref="Lease"/>: a slow call would lose its lease.</remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an immediate rotation waits for a vault that cannot be reached before it ends the old trust without a
    /// successor.</summary>
    /// <remarks>Ten minutes: most outages of a vault are shorter, and a stolen key works for as long as this.</remarks>
    public TimeSpan SuccessorPatience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a stuck rotation is taken up again.</summary>
    public TimeSpan StuckRetry { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a published JWKS may lag behind before its rotation counts as stuck.</summary>
    public TimeSpan VerifyPatience { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How late an issuance or a signature may arrive in the logs.</summary>
    /// <remarks>
    /// Audit logs reach Log Analytics within 5 to 15 minutes. Of the last <c>LogLag</c> nothing is known yet, so an old version stops
    /// signing only when a window of this length, which is itself this old, shows no use of it: no sooner than twice this (and
    /// <c>JwksMaxAge</c>) after the new one was published as current. Shorter than the logs' real lag, and a log that has not caught up
    /// passes for silence. An issuer that has issued nothing in the last two <c>LogLag</c> is not believed to have moved on: for one that
    /// issues rarely, set it longer.
    /// </remarks>
    public TimeSpan LogLag { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// In a graceful rotation without a log of issuances: how long after the new version became current the old one counts as unused. Null:
    /// a person decides.
    /// </summary>
    public TimeSpan? AssumeDrainedAfter { get; set; }

    /// <summary>Brake: more rotations in an hour than this become <c>Ask</c>.</summary>
    /// <remarks>Twenty: more than one departure sets off, fewer than a mass event does.</remarks>
    public int MaxRotationsAnHour { get; set; } = 20;

    /// <summary>Brake: a plan that rotates more than this share of an issuer's keys becomes <c>Ask</c>; in percent.</summary>
    /// <remarks>Issuers with fewer than four keys are not measured: one key of two is half of them.</remarks>
    public int MaxIssuerSharePercent { get; set; } = 50;

    /// <summary>Every mistake in these settings.</summary>
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
            yield return "Rotations:AskAgainAfter must be an hour at least: a no that is asked again at once is none.";
        }

        if (MaxRotationsAnHour < 1)
        {
            yield return "Rotations:MaxRotationsAnHour must be 1 at least; to stop everything set Stopped.";
        }

        if (MaxIssuerSharePercent is < 1 or > 100)
        {
            yield return "Rotations:MaxIssuerSharePercent must lie between 1 and 100.";
        }
    }
}
