using System.Runtime.CompilerServices;
using Rekey.Azure.LogAnalytics.Client;
using Rekey.Core;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>Runs a query, in ever smaller shares if its result is too large. It returns each row exactly once.</summary>
internal sealed class PartitionedQuery(LogsQueryClient client, string workspaceId)
{
    /// <param name="query">The query of one share.</param>
    /// <param name="timeRange">The same for all shares.</param>
    /// <param name="whole">The share to run.</param>
    /// <param name="byToken">See <see cref="KqlPartition.Split"/>.</param>
    /// <param name="timedOut">Called before the error of a query time-out is thrown.</param>
    /// <exception cref="CannotContinueException">Not even the smallest share fits into a reply.</exception>
    public async IAsyncEnumerable<LogsTableRow> RowsAsync(
        Func<KqlPartition, string> query,
        QueryTimeRange timeRange,
        KqlPartition whole,
        bool byToken,
        Func<Task> timedOut,
        string what,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var left = new Stack<KqlPartition>([whole]);
        while (left.TryPop(out var share))
        {
            var result = await QueryAsync(query(share));
            if (result.Status is LogsQueryResultStatus.Success)
            {
                foreach (var row in result.Table.Rows)
                {
                    yield return row;
                }

                continue;
            }

            var smaller = share.Split(byToken);
            if (smaller.Count == 0)
            {
                throw new CannotContinueException(
                    LogsReasons.ResultTooLarge,
                    $"{what}: not even a {share.Tokens}th of the tokens and a {share.Rows}th of the rows fits into a reply.",
                    "Check why the detection finds so many rows, and lower LogAnalytics:MaxWindow."
                );
            }

            foreach (var part in smaller)
            {
                left.Push(part);
            }
        }

        async Task<LogsQueryResult> QueryAsync(string text)
        {
            try
            {
                return await client.QueryWorkspaceAsync(workspaceId, text, timeRange, what, cancellationToken);
            }
            catch (RetryLaterException late) when (late.InnerException is TimeoutException)
            {
                await timedOut();
                throw;
            }
        }
    }
}
