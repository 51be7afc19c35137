namespace Rekey.Azure.LogAnalytics;

/// <summary>Which workspace is swept, and in what windows.</summary>
public sealed class LogAnalyticsOptions
{
    /// <summary>
    /// Id of the workspace whose functions <c>TokenIssuance</c> and <c>GatewayAccess</c> are swept, a GUID (its <c>customerId</c>, not the
    /// ARM id). Null: sweeps do not use Log Analytics.
    /// </summary>
    public string? WorkspaceId { get; set; }

    /// <summary>How old a row must be before it is judged, by its arrival.</summary>
    /// <remarks>
    /// Default 15 min: what workspaces take at most to make a row visible ("Log data ingestion time"), so that a token's issuance is there
    /// when its access is judged. Longer finds forgeries later; shorter makes provisional findings that are withdrawn.
    /// </remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How far a window reaches back into the one before.</summary>
    /// <remarks>Default 1 h: <c>ingestion_time()</c> is approximate, and rows with an earlier one turn up later. What is judged twice gives
    /// the same findings.</remarks>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest stretch of arrivals that is judged at once, without the overlap.</summary>
    /// <remarks>Default 6 h: a long outage is caught up in windows that end within a function's time, not in one query that never
    /// does.</remarks>
    public TimeSpan MaxWindow { get; set; } = TimeSpan.FromHours(6);

    /// <summary>The age of event, at its arrival, up to which it is judged. Older ones are counted as bad.</summary>
    /// <remarks>
    /// Default 7 days: gateways flush days late, and each day back is a day more of issuances in every join. It also bounds how far back
    /// the issuance of an expired token is looked up, by its <c>jti</c> alone: whoever forges one writes any <c>iat</c> they like.
    /// </remarks>
    public TimeSpan MaxLookBack { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How far back the first sweep of a workspace begins, by arrival.</summary>
    /// <remarks>
    /// Default 7 days: finds what is going on now within a day of sweeps. Rekey often comes late: set it to the tables' retention to find
    /// what was forged before; it counts only until there is a watermark.
    /// </remarks>
    public TimeSpan FirstLookBack { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long the service may work on one query (<c>Prefer: wait</c>).</summary>
    /// <remarks>Default 3 min, the service's own: below host.json's functionTimeout of 5 min. The service allows up to 10 min.</remarks>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long one query may wait for a throttled service before the sweep goes back to its timer.</summary>
    /// <remarks>Default 60 s: twice the 30 s over which the service counts requests.</remarks>
    public TimeSpan MaxThrottleWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Every mistake; empty when all is well or no workspace is set.</summary>
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
                $"{nameof(SettleTime)} must be between 0 and 6 h: longer, and a forged token has expired before it is seen."
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
                    + $"{nameof(SettleTime)}: what has just arrived would count as too old."
            ),
            (
                MaxLookBack <= TimeSpan.FromDays(90),
                $"{nameof(MaxLookBack)} must be at most 90 days: a forged iat would make every sweep read the whole log."
            ),
            (
                FirstLookBack >= MaxWindow && FirstLookBack <= TimeSpan.FromDays(730),
                $"{nameof(FirstLookBack)} must be between {nameof(MaxWindow)} and 730 days, the longest interactive retention."
            ),
            (
                QueryTimeout >= TimeSpan.FromSeconds(10) && QueryTimeout <= TimeSpan.FromMinutes(10),
                $"{nameof(QueryTimeout)} must be between 10 s and 10 min, which is all that the service allows."
            ),
            (
                MaxThrottleWait >= TimeSpan.FromSeconds(30) && MaxThrottleWait <= TimeSpan.FromMinutes(4),
                $"{nameof(MaxThrottleWait)} must be between 30 s, over which the service counts, and 4 min, below functionTimeout."
            ),
        ];
        return checks.Where(c => !c.Holds).Select(c => "LogAnalytics: " + c.Mistake);
    }
}
