using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Detections.Sweeps;

/// <summary>The settings of token sweeps: timing, thresholds, and the response to forged tokens.</summary>
public sealed class SweepOptions
{
    /// <summary>How Rekey blocks tokens: show them, ask an approver, or block. Rotations follow <c>Rotations:Mode</c>.</summary>
    /// <remarks>Default Observe: Rekey first shows which customers' tokens it would block.</remarks>
    public ResponseMode Mode { get; set; } = ResponseMode.Observe;

    /// <summary>The minimum age of an access before it is judged.</summary>
    /// <remarks>Default 15 min: log pipelines deliver within 2 to 10 minutes. If it is shorter, every second token is unissued until its
    /// issuance arrives.</remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The overlap of a window of arrivals with the previous one.</summary>
    /// <remarks>Default 1 h: rows may become visible in another order than that of their arrival times. A token that is seen twice is
    /// found once.</remarks>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after a token's expiry a late issuance still withdraws the finding.</summary>
    /// <remarks>Default 7 days: that covers a gateway or an issuer that cannot deliver over a long weekend.</remarks>
    public TimeSpan LateIssuance { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long an unissued token is held back because a gap in its issuer's log may hide its issuance.</summary>
    /// <remarks>Default 2 h: most outages of a log pipeline are shorter, and a forger who waits for an outage, or causes one, gets no
    /// more time.</remarks>
    public TimeSpan HoldDeadline { get; set; } = TimeSpan.FromHours(2);

    /// <summary>The minimum silence of an issuer instance that counts as a gap.</summary>
    /// <remarks>It must be longer than lines take to arrive, and not longer than <see cref="SettleTime"/>: a silence must be known before
    /// its tokens are judged.</remarks>
    public TimeSpan MinSilence { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The silence after which an instance counts as retired: then its silence hides no later tokens.</summary>
    /// <remarks>
    /// Default 1 day: enough alarms to repair a log. If it is longer, every decommissioned instance slows the sweep down for that time.
    /// <c>IssuerInstance</c> should name something stable, such as a region or an ordinal, not a name that changes with every deployment.
    /// </remarks>
    public TimeSpan SilenceMemory { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The maximum number of networks (/24, /48) in one token's life. A token from more is <c>shared</c>.</summary>
    /// <remarks>
    /// A phone on a train changes between home, mobile and office networks, over IPv4 and IPv6, and carriers spread one phone's
    /// connections over several /24s of their address translation: one legitimate holder can have six to eight networks in an hour.
    /// </remarks>
    public int MaxNetworksPerToken { get; set; } = 10;

    /// <summary>The maximum number of addresses in one token's life. A token from more is <c>shared</c>.</summary>
    /// <remarks>Carriers give each connection another address of their pool, and IPv6 hosts change theirs on purpose (RFC 8981).</remarks>
    public int MaxAddressesPerToken { get; set; } = 50;

    /// <summary>The number of distinct forged tokens that counts as proof, so that Rekey rotates a key without approval.</summary>
    /// <remarks>Default 3: one or two may come from a faulty log.</remarks>
    public int TokensForRotation { get; set; } = 3;

    /// <summary>
    /// The maximum number of tokens that Rekey stores per campaign. The finding only reports that there are more. Those are neither
    /// judged nor blocked one by one: rotating the key stops all of them.
    /// </summary>
    /// <remarks>20,000 rows are about 15 MB of personal data and seconds of writing; a campaign of that size ends by rotating its
    /// key.</remarks>
    public int MaxTokensPerCampaign { get; set; } = 20_000;

    /// <summary>The time after which one run leaves the rest to the next.</summary>
    /// <remarks>It is below the deadline of a call, four minutes, so that the current batch can end.</remarks>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The lease of the process that sweeps. It renews the lease with every batch.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The time without a sweep entry in the ledger after which the watchdog raises a finding.</summary>
    /// <remarks>Default 2 h: sweeps write one entry an hour.</remarks>
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
