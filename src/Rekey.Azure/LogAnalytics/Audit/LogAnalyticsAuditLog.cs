using Rekey.Azure.LogAnalytics.Client;
using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Core;
using Rekey.Exposures.Audit;

namespace Rekey.Azure.LogAnalytics.Audit;

/// <summary>The audit logs in a Log Analytics workspace.</summary>
internal sealed class LogAnalyticsAuditLog(LogsQueryClient client, LogAnalyticsOptions options, TimeProvider timeProvider) : IAuditLog
{
    private readonly string _workspace = options.WorkspaceId ?? throw new ArgumentException("No workspace is set.", nameof(options));

    public async Task<AuditAnswer<AuditedUse>> UsesAsync(AuditQuestion question, CancellationToken cancellationToken) =>
        new(
            await RowsAsync(
                AuditPrelude.Vaults(question.Since) + AuditPrelude.Asked(question.Keys, question.Principals) + AuditQuery.Uses.Kql,
                question.Since,
                "Reading who used the keys",
                r => new AuditedUse(
                    r.GetString("Vault") ?? "",
                    r.GetString("Kind") ?? "",
                    r.GetString("Name") ?? "",
                    r.GetString("Version") ?? "",
                    r.GetString("Operation") ?? "",
                    r.GetString("Oid") ?? "",
                    r.GetString("AppId") ?? "",
                    r.GetBoolean("IsPerson") ?? false,
                    r.GetDateTimeOffset("First")!.Value,
                    r.GetDateTimeOffset("Last")!.Value,
                    r.GetInt64("Rows") ?? 0
                ),
                cancellationToken
            )
        );

    public async Task<AuditAnswer<AuditSilence>> SilencesAsync(
        IReadOnlyCollection<string> vaults,
        DateTimeOffset since,
        TimeSpan maxPause,
        CancellationToken cancellationToken
    ) =>
        new(
            await RowsAsync(
                AuditPrelude.Vaults(since) + AuditPrelude.Asked(vaults, maxPause) + AuditQuery.Silences.Kql,
                since,
                "Reading when the audit log was silent",
                r => new AuditSilence(r.GetString("Vault") ?? "", r.GetDateTimeOffset("From"), r.GetDateTimeOffset("To")),
                cancellationToken
            )
        );

    public async Task<AuditAnswer<DirectoryChange>> ChangesAsync(
        string personId,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        new(
            await RowsAsync(
                AuditPrelude.Directory(since) + AuditPrelude.Asked(personId.ToLowerInvariant()) + AuditQuery.Changes.Kql,
                since,
                "Reading what a person changed in the directory",
                r => new DirectoryChange(
                    r.GetString("Operation") ?? "",
                    r.GetString("Actor") ?? "",
                    r.GetString("Target0") ?? "",
                    r.GetString("Target1") ?? "",
                    r.GetString("AppId") ?? "",
                    r.GetDateTimeOffset("At")!.Value
                ),
                cancellationToken
            )
        );

    public async Task<AuditAnswer<LeaverAct>> ActsAsync(
        IReadOnlyCollection<string> principals,
        DateTimeOffset arrivedSince,
        CancellationToken cancellationToken
    )
    {
        var since = WorkspaceRows.EarliestOfArrival(arrivedSince);
        return new(
            await RowsAsync(
                AuditPrelude.Vaults(since, arrivedSince)
                    + AuditPrelude.Directory(since, arrivedSince)
                    + AuditPrelude.SignIns(since, arrivedSince)
                    + AuditPrelude.AskedPrincipals(principals)
                    + AuditQuery.Acts.Kql,
                since,
                "Reading what people who have left do",
                r => new LeaverAct(
                    r.GetString("What") ?? "",
                    r.GetString("Principal") ?? "",
                    r.GetString("Operation") ?? "",
                    r.GetString("Target") ?? "",
                    r.GetBoolean("IsSuccess") ?? true,
                    r.GetDateTimeOffset("First")!.Value,
                    r.GetDateTimeOffset("Last")!.Value
                ),
                cancellationToken
            )
        );
    }

    public async Task<AuditAnswer<LastRow>> LastRowsAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        new(
            await RowsAsync(
                AuditPrelude.Vaults(since) + AuditPrelude.Directory(since) + AuditPrelude.SignIns(since) + AuditQuery.LastRows.Kql,
                since,
                "Reading which logs have rows",
                r => new LastRow(r.GetString("Log") ?? "", r.GetDateTimeOffset("Last")!.Value),
                cancellationToken
            )
        );

    private async Task<IReadOnlyList<T>> RowsAsync<T>(
        string query,
        DateTimeOffset since,
        string what,
        Func<LogsTableRow, T> read,
        CancellationToken cancellationToken
    )
    {
        var result = await client.QueryWorkspaceAsync(
            _workspace,
            query,
            new(since, WorkspaceRows.EndOfArrival(timeProvider.GetUtcNow())),
            what,
            cancellationToken
        );
        return result.Status is LogsQueryResultStatus.TooLarge
            ? throw new CannotContinueException(
                "audit-too-large",
                $"{what}: the answer is larger than the service gives at once.",
                "Shorten Rekey:Exposures:AuditLookBack. Rekey retries by itself."
            )
            : [.. result.Table.Rows.Select(read)];
    }
}
