using Rekey.Azure.LogAnalytics.Client;
using Rekey.Core;
using Rekey.Detections;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// Distinguishes empty views from missing ones. Queries see a view as empty (<c>isfuzzy</c>) if it is missing or lacks a column. Without
/// accesses, sweeps would find nothing; without issuances, every token would look forged.
/// </summary>
internal sealed class ViewCheck(LogsQueryClient client, string workspaceId, TimeProvider timeProvider)
{
    /// <exception cref="CannotContinueException">A view is missing or incomplete, or there are no issuances at all.</exception>
    public async Task RefuseAsync(BatchFacts facts, CancellationToken cancellationToken)
    {
        if (facts.Untimed > 0)
        {
            throw new CannotContinueException(
                LogsReasons.ArrivalUnknown,
                $"{facts.Untimed} rows of GatewayAccess have no arrival time, so no sweep would ever see them.",
                "If GatewayAccess is a function, add this directly after the table that it reads: "
                    + "| extend ArrivedAt = ingestion_time()"
            );
        }

        if (facts.Accesses == 0)
        {
            // A table without data does not exist yet: there are no accesses to judge.
            if (await ExistsAsync(LogViews.GatewayAccessName, cancellationToken))
            {
                await BindAsync(LogViews.GatewayAccessName, LogViews.GatewayAccess, cancellationToken);
            }
        }
        else if (!facts.HasIssuances)
        {
            await BindAsync(LogViews.TokenIssuanceName, LogViews.TokenIssuance, cancellationToken);
            throw new CannotContinueException(
                LogsReasons.IssuancesMissing,
                $"{facts.Accesses} accesses arrived, but there is no issuance in the look-back: every token would look forged.",
                "Check that the issuers log to this workspace, and that TokenIssuance reads their table. Rekey judges "
                    + "nothing until then."
            );
        }
    }

    /// <summary>Returns the time of the first issuance since <paramref name="earliest"/>; null if there is none.</summary>
    public async Task<DateTimeOffset?> FirstIssuanceAsync(DateTimeOffset earliest, CancellationToken cancellationToken)
    {
        var query =
            WorkspaceRows.View(
                "Issuances",
                LogViews.TokenIssuance,
                "",
                $"""
                ({WorkspaceRows.Read(LogViews.TokenIssuanceName, earliest, until: null, arrival: false)}
                    | project {WorkspaceRows.Casts(LogViews.TokenIssuance)}
                    | where isnotempty(Iss) and isnotempty(Jti))
                """
            ) + "Issuances | summarize First = min(TimeGenerated)";
        var result = await client.QueryWorkspaceAsync(
            workspaceId,
            query,
            new(earliest, WorkspaceRows.EndOfArrival(timeProvider.GetUtcNow())),
            "Looking for the first issuance",
            cancellationToken
        );
        return result.Table.RowCount == 1
            ? result.Table.Rows.Single().GetDateTimeOffset("First")
            : throw LogsErrors.Misunderstood("a least time is one row");
    }

    private async Task<bool> ExistsAsync(string view, CancellationToken cancellationToken)
    {
        try
        {
            await client.QueryWorkspaceAsync(workspaceId, $"{view} | take 0", Now(), $"Looking for {view}", cancellationToken);
            return true;
        }
        catch (CannotContinueException missing) when (missing.Reason == LogsReasons.NameMissing)
        {
            return false;
        }
    }

    /// <summary>Checks a view without <c>isfuzzy</c>, so that the service names unresolved columns.</summary>
    private Task BindAsync(string view, IEnumerable<ViewColumn> columns, CancellationToken cancellationToken) =>
        client.QueryWorkspaceAsync(
            workspaceId,
            $"{view}\n{WorkspaceRows.Times(arrival: true)}\n    | project {WorkspaceRows.Casts(columns)} | take 0",
            Now(),
            $"Checking the columns of {view}",
            cancellationToken
        );

    /// <summary>The span of a query that reads no row.</summary>
    private QueryTimeRange Now()
    {
        var now = timeProvider.GetUtcNow();
        return new(now.AddMinutes(-1), now);
    }
}
