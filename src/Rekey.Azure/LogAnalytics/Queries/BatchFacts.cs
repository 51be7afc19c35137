using Rekey.Azure.LogAnalytics.Client;
using Rekey.Detections;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>Facts about a window, from a small query before it is judged.</summary>
/// <param name="Accesses">The number of accesses that can be judged.</param>
/// <param name="EarliestEvent">The earliest access; null when there is none.</param>
/// <param name="EarliestIssuedAt">The earliest <c>iat</c> of them, no earlier than the look-back; null when there is none. A token without
/// one that was used at an unknown time may be as old as the look-back.</param>
/// <param name="BadLines">New rows that cannot be judged, because they lack a required column or are older than the look-back.</param>
/// <param name="Untimed">The number of accesses without an arrival time.</param>
/// <param name="HasIssuances">Whether any issuance is in the look-back, or newer.</param>
internal sealed record BatchFacts(
    long Accesses,
    DateTimeOffset? EarliestEvent,
    DateTimeOffset? EarliestIssuedAt,
    long BadLines,
    long Untimed,
    bool HasIssuances
)
{
    /// <summary>The query that <see cref="Read"/> reads.</summary>
    public static string Query(ArrivalWindow window, TimeSpan maxLookBack)
    {
        var oldest = KqlText.Of(Oldest(window, maxLookBack));
        var (from, since, until) = (KqlText.Of(window.From), KqlText.Of(window.Since), KqlText.Of(window.Until));
        var end = WorkspaceRows.EndOfArrival(window.Until);
        return WorkspaceRows.View(
                "Accesses",
                LogViews.GatewayAccess,
                ", ArrivedAt:datetime",
                $"""
                ({WorkspaceRows.Read(LogViews.GatewayAccessName, WorkspaceRows.EarliestOfArrival(window.From), end, arrival: true)}
                    | where (ArrivedAt >= {from} and ArrivedAt < {until})
                        or (isnull(ArrivedAt) and TimeGenerated >= {from} and TimeGenerated < {until})
                    | project {WorkspaceRows.Casts(LogViews.GatewayAccess)}, ArrivedAt)
                """
            )
            + WorkspaceRows.View(
                "Issuances",
                LogViews.TokenIssuance,
                ", ArrivedAt:datetime",
                $"""
                ({WorkspaceRows.Read(LogViews.TokenIssuanceName, WorkspaceRows.EarliestOfArrival(window.Since), end, arrival: true)}
                    | where ArrivedAt >= {since} and ArrivedAt < {until}
                    | project {WorkspaceRows.Casts(LogViews.TokenIssuance)}, ArrivedAt)
                """
            )
            + WorkspaceRows.View(
                "SomeIssuance",
                LogViews.TokenIssuance,
                "",
                $"""
                ({WorkspaceRows.Read(LogViews.TokenIssuanceName, Oldest(window, maxLookBack), until: null, arrival: false)}
                    | project {WorkspaceRows.Casts(LogViews.TokenIssuance)}
                    | where isnotempty(Iss) and isnotempty(Jti)
                    | take 1)
                """
            )
            + $"""
                let OfAccesses = Accesses
                    | extend Arrived = isnotnull(ArrivedAt),
                        Complete = {WorkspaceRows.NamesToken} and isnotnull(TimeGenerated) and TimeGenerated >= {oldest},
                        Reach = iff(isnull(IssuedAt) and isnotempty(Jti) and {LogViews.IsTimeKnown} == false, {oldest}, IssuedAt)
                    | summarize Accesses = countif(Arrived and Complete), Untimed = countif(not(Arrived)),
                        BadLines = countif(Arrived and not(Complete) and ArrivedAt >= {since}),
                        EarliestAccess = minif(TimeGenerated, Arrived and Complete),
                        EarliestIssuedAt = minif(Reach, Arrived and Complete and isnotnull(Reach));
                let OfIssuances = Issuances
                    | summarize BadLines = countif(isempty(Iss) or isempty(Jti) or isnull(TimeGenerated));
                let OfSome = SomeIssuance
                    | summarize Issued = count();
                union OfAccesses, OfIssuances, OfSome
                | summarize Accesses = sum(Accesses), Untimed = sum(Untimed), BadLines = sum(BadLines), Issued = sum(Issued),
                    EarliestAccess = min(EarliestAccess), EarliestIssuedAt = min(EarliestIssuedAt)
                """;
    }

    /// <summary>The earliest <c>TimeGenerated</c> of a table's row that the query reads.</summary>
    public static DateTimeOffset Earliest(ArrivalWindow window, TimeSpan maxLookBack) =>
        new[] { WorkspaceRows.EarliestOfArrival(window.From), Oldest(window, maxLookBack) }.Min();

    public static BatchFacts Read(LogsTable table, ArrivalWindow window, TimeSpan maxLookBack)
    {
        var row = table.RowCount == 1 ? table.Rows.Single() : throw LogsErrors.Misunderstood("counts are one row");
        var oldest = Oldest(window, maxLookBack);
        var issuedAt = row.GetDateTimeOffset("EarliestIssuedAt");
        return new BatchFacts(
            Number("Accesses"),
            row.GetDateTimeOffset("EarliestAccess"),
            issuedAt < oldest ? oldest : issuedAt,
            Number("BadLines"),
            Number("Untimed"),
            Number("Issued") > 0
        );

        long Number(string column) => row.GetInt64(column) ?? throw LogsErrors.Misunderstood($"{column} is a number");
    }

    // Count from the window's end, not from now, so that catching up after an outage gives the same result.
    private static DateTimeOffset Oldest(ArrivalWindow window, TimeSpan maxLookBack) => window.Until - maxLookBack;
}
