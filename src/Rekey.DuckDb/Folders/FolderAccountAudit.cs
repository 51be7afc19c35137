using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Departures.Reconciling.Sources;
using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Folders;

/// <summary>The audit logs of Entra ID in a folder of files. A file counts as arrived when it was last written.</summary>
public sealed class FolderAccountAudit(FolderLogOptions options) : IAccountAudit
{
    /// <exception cref="CannotContinueException">The folder does not exist, or a file in it cannot be read.</exception>
    public Task<IReadOnlyList<AccountAct>> ReadAsync(DateTimeOffset arrivedSince, CancellationToken cancellationToken) =>
        Task.Run(() => Read(arrivedSince, cancellationToken), cancellationToken);

    private IReadOnlyList<AccountAct> Read(DateTimeOffset arrivedSince, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(options.AuditFolder ?? throw new InvalidOperationException("No folder is set."));
        if (!folder.Exists)
        {
            throw Refused($"There is no folder '{folder.FullName}'.");
        }

        var files = folder
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => f.Name[0] != '.' && f.LastWriteTimeUtc >= arrivedSince.UtcDateTime)
            .Select(f => f.FullName)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
        {
            return [];
        }

        try
        {
            using var database = new LogDatabase(options.Engine, [folder.FullName]);
            database.Execute(View(files), cancellationToken: cancellationToken);
            return
            [
                .. database
                    .Query(
                        AccountActsQuery.Sql,
                        r => new AccountAuditRow(
                            new DateTimeOffset(DateTime.SpecifyKind(r.GetDateTime(0), DateTimeKind.Utc)),
                            r.GetString(1),
                            r.IsDBNull(2) ? null : r.GetString(2),
                            r.IsDBNull(3) ? null : r.GetString(3)
                        ),
                        "Reading the audit logs",
                        cancellationToken
                    )
                    .SelectMany(r => r.ToActs()),
            ];
        }
        catch (DuckDBException broken)
        {
            throw Refused(broken.Message);
        }
    }

    /// <summary>The table <c>AuditLogs</c> over the files. Records of Event Hubs and storage have other names, and most values one level
    /// deeper.</summary>
    private static string View(IReadOnlyList<string> files) =>
        $"""
            CREATE OR REPLACE TEMP VIEW AuditLogs AS
            SELECT * FROM (
              SELECT
                TRY_CAST(coalesce(json->>'TimeGenerated', json->>'time') AS TIMESTAMP) AS TimeGenerated,
                TRY_CAST(coalesce(json->>'ActivityDateTime', json->>'$.properties.activityDateTime') AS TIMESTAMP) AS ActivityDateTime,
                coalesce(json->>'OperationName', json->>'operationName') AS OperationName,
                coalesce(json->>'Result', json->>'$.properties.result') AS Result,
                coalesce(json->>'CorrelationId', json->>'correlationId', json->>'$.properties.correlationId') AS CorrelationId,
                coalesce(json->>'TargetResources', json->>'$.properties.targetResources') AS TargetResources
              FROM read_json_objects({SqlText.List(files)}, format = 'auto', ignore_errors = true)
            ) WHERE coalesce(ActivityDateTime, TimeGenerated) IS NOT NULL
            """;

    private static CannotContinueException Refused(string why) =>
        new(
            "audit-folder-unreadable",
            $"Rekey cannot read the audit logs of the directory: {why}",
            "Check LogFolder:AuditFolder and its files."
        );
}
