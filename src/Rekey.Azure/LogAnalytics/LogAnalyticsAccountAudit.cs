using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Azure.LogAnalytics;

/// <summary>The audit logs of Entra ID in the workspace, if they are sent there. Without the table there are no acts.</summary>
internal sealed class LogAnalyticsAccountAudit(LogsQueryClient client, LogAnalyticsOptions options, TimeProvider timeProvider)
    : IAccountAudit
{
    /// <summary>How late a row may arrive after its act.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(2);

    public async Task<IReadOnlyList<AccountAct>> ReadAsync(DateTimeOffset arrivedSince, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.QueryWorkspaceAsync(
                options.WorkspaceId ?? throw new InvalidOperationException("No workspace is set."),
                $"let ArrivedSince = {KqlText.Of(arrivedSince)};\n{AccountActsQuery.Kql}",
                new(arrivedSince - Late, WorkspaceRows.EndOfArrival(timeProvider.GetUtcNow())),
                "Reading the acts that close or open accounts",
                cancellationToken
            );
            return found.Status is LogsQueryResultStatus.TooLarge
                ? throw new RetryLaterException("Too many acts close or open accounts to be read at once.")
                :
                [
                    .. found.Table.Rows.SelectMany(r =>
                        new AccountAuditRow(
                            r.GetDateTimeOffset(nameof(AccountAuditRow.At))
                                ?? throw LogsErrors.Misunderstood("every row of AuditLogs has a time"),
                            r.GetString(nameof(AccountAuditRow.OperationName)),
                            r.GetString(nameof(AccountAuditRow.CorrelationId)),
                            r.GetString(nameof(AccountAuditRow.Targets))
                        ).ToActs()
                    ),
                ];
        }
        catch (CannotContinueException missing) when (missing.Reason == LogsReasons.NameMissing)
        {
            return [];
        }
    }
}
