using Rekey.Azure.LogAnalytics.Client;
using Rekey.Core;
using Rekey.Detections;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// Tells silence from blindness. A view that is missing, or lacks a column, is empty to the queries (<c>isfuzzy</c>): without accesses
/// nothing would ever be found, and without issuances everything would look forged.
/// </summary>
internal sealed class ViewCheck(LogsQueryClient client, string workspaceId)
{
    /// <exception cref="CannotContinueException">A view is not as it must be, or issuances are missing altogether.</exception>
    public async Task RefuseAsync(BatchFacts facts, CancellationToken cancellationToken)
    {
        if (facts.Untimed > 0)
        {
            throw new CannotContinueException(
                LogsReasons.ArrivalUnknown,
                $"{facts.Untimed} rows of GatewayAccess do not say when they arrived, so that no sweep would ever see them.",
                "Where GatewayAccess is a function, let it end with: | extend ArrivedAt = ingestion_time(), right behind the "
                    + "table that it reads."
            );
        }

        if (facts.Accesses == 0)
        {
            // A table that never received data does not exist yet: nothing has been accepted, and nothing is to be judged.
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
                $"{facts.Accesses} accesses arrived, and no issuance at all is in the look-back: every token would look forged.",
                "See that the issuers log to this workspace and that TokenIssuance reads the table they log to. Nothing is "
                    + "judged until then."
            );
        }
    }

    /// <summary>The time of the first issuance since <paramref name="earliest"/>; null when there is none.</summary>
    public async Task<DateTimeOffset?> FirstIssuanceAsync(DateTimeOffset earliest, CancellationToken cancellationToken)
    {
        var query =
            KqlPrelude.View(
                "Issuances",
                LogViews.TokenIssuance,
                "",
                $"""
                (TokenIssuance
                    | where TimeGenerated >= {KqlText.Of(earliest)}
                    | project {KqlPrelude.Casts(LogViews.TokenIssuance)}
                    | where isnotempty(Iss) and isnotempty(Jti))
                """
            ) + "Issuances | summarize First = min(TimeGenerated)";
        var result = await client.QueryWorkspaceAsync(workspaceId, query, "Looking for the first issuance", cancellationToken);
        return result.Table.RowCount == 1
            ? result.Table.Rows.Single().GetDateTimeOffset("First")
            : throw LogsErrors.Misunderstood("a least time is one row");
    }

    private async Task<bool> ExistsAsync(string view, CancellationToken cancellationToken)
    {
        try
        {
            await client.QueryWorkspaceAsync(workspaceId, $"{view} | take 0", $"Looking for {view}", cancellationToken);
            return true;
        }
        catch (CannotContinueException missing) when (missing.Reason == LogsReasons.NameMissing)
        {
            return false;
        }
    }

    /// <summary>Without <c>isfuzzy</c>: what does not resolve is refused by name.</summary>
    private Task BindAsync(string view, IEnumerable<ViewColumn> columns, CancellationToken cancellationToken) =>
        client.QueryWorkspaceAsync(
            workspaceId,
            $"{view} | project {KqlPrelude.Casts(columns)} | take 0",
            $"Checking the columns of {view}",
            cancellationToken
        );
}
