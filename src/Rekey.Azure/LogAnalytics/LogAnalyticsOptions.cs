namespace Rekey.Azure.LogAnalytics;

/// <summary>The settings of sweeps over Log Analytics: the workspace, and the windows of arrival.</summary>
public sealed class LogAnalyticsOptions
{
    /// <summary>
    /// Id of the workspace whose functions <c>TokenIssuance</c> and <c>GatewayAccess</c> are swept, a GUID (its <c>customerId</c>, not
    /// the ARM id). Null: sweeps do not use Log Analytics.
    /// </summary>
    public string? WorkspaceId { get; set; }

    /// <summary>How old a row must be before it is judged, by its arrival.</summary>
    /// <remarks>
    /// Default 15 min: what workspaces take at most to make a row visible ("Log data ingestion time"), so that a token's issuance is
    /// there when its access is judged. Longer finds forgeries later; shorter makes provisional findings that are withdrawn.
    /// </remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How far a window reaches back into the one before.</summary>
    /// <remarks>Default 1 h: <c>ingestion_time()</c> is approximate, and rows with an earlier one turn up later. What is judged twice
    /// gives the same findings.</remarks>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest window of arrivals that a sweep judges at once, without the overlap.</summary>
    /// <remarks>Default 6 h: after a long outage, each window ends within a function's time; a single query would not.</remarks>
    public TimeSpan MaxWindow { get; set; } = TimeSpan.FromHours(6);

    /// <summary>The maximum age of an event at its arrival. Older events count as bad. Log Analytics keeps the time of an event that
    /// arrives more than two days late only in the column <c>EventTime</c>.</summary>
    /// <remarks>
    /// Default 7 days: gateways flush days late, and each day back is a day more of issuances in every join. It also bounds how far back
    /// the issuance of an expired token is looked up, by its <c>jti</c> alone: a forger can choose any <c>iat</c>.
    /// </remarks>
    public TimeSpan MaxLookBack { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far back the first sweep of a workspace begins, by arrival.</summary>
    /// <remarks>
    /// Default 7 days: sweeps find current forgeries within a day. To find earlier forgeries, set it to the tables' retention. It applies
    /// only until there is a watermark.
    /// </remarks>
    public TimeSpan FirstLookBack { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long the service may work on one query (<c>Prefer: wait</c>).</summary>
    /// <remarks>Default 3 min, the service's own: below host.json's functionTimeout of 5 min. The service allows up to 10 min.</remarks>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long one query may wait for a throttled service before the sweep leaves the rest to its timer.</summary>
    /// <remarks>Default 60 s: twice the 30 s over which the service counts requests.</remarks>
    public TimeSpan MaxThrottleWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns every mistake; empty if there is none, or no workspace is set.</summary>
    public IEnumerable<string> Validate()
    {
        if (WorkspaceId is null)
        {
            return [];
        }

        (bool Holds, string Mistake)[] checks =
        [
            (
                Guid.TryParseExact(WorkspaceId, "D", out _),
                $"{nameof(WorkspaceId)} must be the workspace's id, a GUID, not its name or ARM id."
            ),
            (
                SettleTime >= TimeSpan.Zero && SettleTime <= TimeSpan.FromHours(6),
                $"{nameof(SettleTime)} must be between 0 and 6 h: otherwise a forged token expires before a sweep sees it."
            ),
            (
                Overlap >= TimeSpan.FromMinutes(5) && Overlap <= TimeSpan.FromDays(1),
                $"{nameof(Overlap)} must be between 5 min and 1 day: arrival times are approximate by minutes."
            ),
            (
                MaxWindow >= TimeSpan.FromMinutes(10) && MaxWindow <= TimeSpan.FromDays(7),
                $"{nameof(MaxWindow)} must be between 10 min and 7 days."
            ),
            (
                MaxLookBack >= Overlap + MaxWindow + SettleTime,
                $"{nameof(MaxLookBack)} must not be shorter than {nameof(Overlap)} + {nameof(MaxWindow)} + "
                    + $"{nameof(SettleTime)}: otherwise new arrivals count as too old."
            ),
            (
                MaxLookBack <= TimeSpan.FromDays(90),
                $"{nameof(MaxLookBack)} must be at most 90 days: otherwise a forged iat makes every sweep read the whole log."
            ),
            (
                FirstLookBack >= MaxWindow && FirstLookBack <= TimeSpan.FromDays(730),
                $"{nameof(FirstLookBack)} must be between {nameof(MaxWindow)} and 730 days, the longest interactive retention."
            ),
            (
                QueryTimeout >= TimeSpan.FromSeconds(10) && QueryTimeout <= TimeSpan.FromMinutes(10),
                $"{nameof(QueryTimeout)} must be between 10 s and 10 min, the maximum of the service."
            ),
            (
                MaxThrottleWait >= TimeSpan.FromSeconds(30) && MaxThrottleWait <= TimeSpan.FromMinutes(4),
                $"{nameof(MaxThrottleWait)} must be between 30 s (the throttling window) and 4 min (below functionTimeout)."
            ),
        ];
        return checks.Where(c => !c.Holds).Select(c => "LogAnalytics: " + c.Mistake);
    }
}
