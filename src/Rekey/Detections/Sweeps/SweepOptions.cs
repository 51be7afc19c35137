using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Detections.Sweeps;

/// <summary>How sweeps look for tokens that nobody issued, and how far their response goes by itself.</summary>
public sealed class SweepOptions
{
    /// <summary>How far blocking goes by itself. Rotations that a sweep sets off go by <c>Rotations:Mode</c>.</summary>
    /// <remarks>Observe: a tool that refuses customers' tokens first shows which it would refuse.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>How old an access must be before it is judged.</summary>
    /// <remarks>Log pipelines deliver within 2 to 10 minutes; shorter, and every second token is unissued until its issuance
    /// arrives.</remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How far windows of arrival reach back into the one before.</summary>
    /// <remarks>An hour: rows may become visible in another order than that of their arrival times. What is seen twice is found
    /// once.</remarks>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after a token has died its issuance may still arrive and take the finding back.</summary>
    /// <remarks>Seven days: a gateway or an issuer that could not deliver over a long weekend has done so by then.</remarks>
    public TimeSpan LateIssuance { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an unissued token is held back because a gap in its issuer's log may hide its issuance.</summary>
    /// <remarks>Two hours: most outages of a log pipeline are over by then, and a forger who waits for one, or makes one, gets no
    /// longer.</remarks>
    public TimeSpan HoldDeadline { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long an issuer instance must be silent at the least before that is a gap.</summary>
    /// <remarks>Longer than lines take to arrive, and not longer than <see cref="SettleTime"/>: a silence must be known before its tokens
    /// are judged.</remarks>
    public TimeSpan MinSilence { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After how long a silent instance counts as retired: its silence hides no later tokens.</summary>
    /// <remarks>
    /// A day of alarms is enough to mend a log. Longer, and every instance that is taken out of service would slow the sweep down for as
    /// long: let <c>IssuerInstance</c> name what stays, such as a region or an ordinal, and not what comes and goes with every deployment.
    /// </remarks>
    public TimeSpan SilenceMemory { get; set; } = TimeSpan.FromDays(1);

    /// <summary>More networks (/24, /48) than this in one token's life make it <c>shared</c>.</summary>
    /// <remarks>
    /// A phone on a train changes between home, mobile and office networks, over IPv4 and IPv6, and carriers spread one phone's connections
    /// over several /24s of their address translation: six to eight networks in an hour are seen with one honest holder.
    /// </remarks>
    public int MaxNetworksPerToken { get; set; } = 10;

    /// <summary>More addresses than this make it <c>shared</c>.</summary>
    /// <remarks>Carriers give each connection another address of their pool, and IPv6 hosts change theirs on purpose (RFC 8981).</remarks>
    public int MaxAddressesPerToken { get; set; } = 50;

    /// <summary>How many distinct forged tokens it takes before a key is rotated without a question.</summary>
    /// <remarks>Three: one or two may be a fault of a log.</remarks>
    public int TokensForRotation { get; set; } = 3;

    /// <summary>
    /// How many tokens of one campaign are kept with what is known of them. Of further ones its finding says only that there are more; they
    /// are neither judged nor blocked one by one: to rotate the key answers all of them.
    /// </summary>
    /// <remarks>20,000 rows are about 15 MB of personal data and seconds of writing; a campaign of that size ends by rotating its
    /// key.</remarks>
    public int MaxTokensPerCampaign { get; set; } = 20_000;

    /// <summary>How long one run goes on before it leaves the rest to the next.</summary>
    /// <remarks>Below the deadline of a call, four minutes: a batch that is under way must be able to end.</remarks>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one process may be at a sweep without a sign of life. It gives one with every batch.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After how long without a line in the ledger that logs were swept the watchdog says so.</summary>
    /// <remarks>Two hours: sweeps leave one line an hour.</remarks>
    public TimeSpan OverdueAfter { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Returns the parameters of detections.</summary>
    public SweepParameters ToParameters(TrustOptions trust, IReadOnlyList<KidWindow> windows) =>
        new(
            trust.MaxTokenLifetime,
            trust.ClockSkew,
            trust.VerifierCacheTime,
            MaxNetworksPerToken,
            MaxAddressesPerToken,
            MinSilence,
            windows
        );

    /// <summary>Returns every mistake in these settings.</summary>
    public IEnumerable<string> Validate(TrustOptions trust)
    {
        foreach (
            var (name, value) in new[]
            {
                (nameof(SettleTime), SettleTime),
                (nameof(LateIssuance), LateIssuance),
                (nameof(HoldDeadline), HoldDeadline),
                (nameof(MinSilence), MinSilence),
                (nameof(SilenceMemory), SilenceMemory),
                (nameof(TimeBudget), TimeBudget),
                (nameof(Lease), Lease),
                (nameof(OverdueAfter), OverdueAfter),
            }
        )
        {
            if (value <= TimeSpan.Zero)
            {
                yield return $"Sweeps:{name} must be longer than zero.";
            }
        }

        foreach (var mistake in Relations(trust))
        {
            yield return mistake;
        }
    }

    private IEnumerable<string> Relations(TrustOptions trust)
    {
        if (Overlap < TimeSpan.Zero)
        {
            yield return "Sweeps:Overlap must not be negative.";
        }

        if (SettleTime < MinSilence)
        {
            yield return $"Sweeps:SettleTime ({SettleTime}) must not be shorter than MinSilence ({MinSilence}): otherwise tokens are "
                + "judged before their issuer counts as silent.";
        }

        if (SilenceMemory < MinSilence)
        {
            yield return $"Sweeps:SilenceMemory ({SilenceMemory}) must not be shorter than MinSilence ({MinSilence}): otherwise no "
                + "silence would count.";
        }

        if (LateIssuance < trust.ClockSkew + SettleTime)
        {
            yield return $"Sweeps:LateIssuance ({LateIssuance}) must be at least Trust:ClockSkew + SettleTime: otherwise a "
                + "slow issuance could not withdraw a finding.";
        }

        if (OverdueAfter <= RunLedger.Pulse)
        {
            yield return $"Sweeps:OverdueAfter ({OverdueAfter}) must be longer than {RunLedger.Pulse}: sweeps write to the "
                + "ledger that often.";
        }

        if (Lease <= TimeBudget)
        {
            yield return $"Sweeps:Lease ({Lease}) must be longer than TimeBudget ({TimeBudget}): otherwise a run loses its lease.";
        }

        if (MaxNetworksPerToken < 1 || MaxAddressesPerToken < MaxNetworksPerToken)
        {
            yield return "Sweeps:MaxNetworksPerToken must be at least 1, and MaxAddressesPerToken not less: a network has an address.";
        }

        if (TokensForRotation < 2)
        {
            yield return "Sweeps:TokensForRotation must be at least 2: a single token rotates no key without approval.";
        }

        if (MaxTokensPerCampaign is < 100 or > 30_000)
        {
            yield return "Sweeps:MaxTokensPerCampaign must be between 100 and 30000, the capacity of a campaign's rows.";
        }
    }
}
