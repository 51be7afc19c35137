using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Paths;
using Rekey.Exposures.Audit;

namespace Rekey.DuckDb.Audit;

/// <summary>The audit logs in a folder of JSON lines, which may be compressed. Each question reads the files with an engine of its
/// own.</summary>
public sealed class FolderAuditLog(FolderLogOptions options) : IAuditLog
{
    /// <summary>How late a row may be written after its act.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(2);

    private readonly string _folder = options.AuditFolder
        ?? throw new ArgumentException("No folder with audit logs is set.", nameof(options));

    public Task<AuditAnswer<AuditedUse>> UsesAsync(AuditQuestion question, CancellationToken cancellationToken) =>
        AskAsync(
            question.Since,
            [AuditSql.Vaults(question.Since), .. AuditSql.Asked(question.Keys, question.Principals)],
            AuditQuery.Uses.Sql,
            Use,
            cancellationToken
        );

    public Task<AuditAnswer<AuditSilence>> SilencesAsync(
        IReadOnlyCollection<string> vaults,
        DateTimeOffset since,
        TimeSpan maxPause,
        CancellationToken cancellationToken
    ) =>
        AskAsync(since, [AuditSql.Vaults(since), .. AuditSql.Asked(vaults, maxPause)], AuditQuery.Silences.Sql, Silence, cancellationToken);

    public Task<AuditAnswer<DirectoryChange>> ChangesAsync(string personId, DateTimeOffset since, CancellationToken cancellationToken) =>
        AskAsync(
            since,
            [AuditSql.Directory(since), .. AuditSql.Asked(personId.ToLowerInvariant())],
            AuditQuery.Changes.Sql,
            Change,
            cancellationToken
        );

    /// <summary>A file counts as arrived when it was last written: a row of it may be older.</summary>
    public Task<AuditAnswer<LeaverAct>> ActsAsync(
        IReadOnlyCollection<string> principals,
        DateTimeOffset arrivedSince,
        CancellationToken cancellationToken
    )
    {
        var since = arrivedSince - Late;
        return AskAsync(
            arrivedSince,
            [AuditSql.Vaults(since), AuditSql.Directory(since), AuditSql.SignIns(since), AuditSql.AskedPrincipals(principals)],
            AuditQuery.Acts.Sql,
            Act,
            cancellationToken
        );
    }

    public Task<AuditAnswer<LastRow>> LastRowsAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        AskAsync(
            since,
            [AuditSql.Vaults(since), AuditSql.Directory(since), AuditSql.SignIns(since)],
            AuditQuery.LastRows.Sql,
            r => new LastRow(r.GetString(0), Time(r, 1)!.Value),
            cancellationToken
        );

    internal static LeaverAct Act(DuckDBDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetBoolean(4), Time(r, 5)!.Value, Time(r, 6)!.Value);

    internal static AuditedUse Use(DuckDBDataReader r) =>
        new(
            r.GetString(0),
            r.GetString(1),
            r.GetString(2),
            r.GetString(3),
            r.GetString(4),
            r.GetString(5),
            r.GetString(6),
            r.GetBoolean(7),
            Time(r, 8)!.Value,
            Time(r, 9)!.Value,
            r.GetInt64(10)
        );

    internal static AuditSilence Silence(DuckDBDataReader r) => new(r.GetString(0), Time(r, 1), Time(r, 2));

    internal static DirectoryChange Change(DuckDBDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), Time(r, 5)!.Value);

    private static DateTimeOffset? Time(DuckDBDataReader r, int column) =>
        r.IsDBNull(column) ? null : new DateTimeOffset(r.GetDateTime(column), TimeSpan.Zero);

    private Task<AuditAnswer<T>> AskAsync<T>(
        DateTimeOffset since,
        IReadOnlyList<string> prepare,
        string query,
        Func<DuckDBDataReader, T> read,
        CancellationToken cancellationToken
    ) => Task.Run(() => Ask(since, prepare, query, read, cancellationToken), cancellationToken);

    private AuditAnswer<T> Ask<T>(
        DateTimeOffset since,
        IReadOnlyList<string> prepare,
        string query,
        Func<DuckDBDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        // 1. Find the files that may hold such rows. A folder that cannot be listed whole is no folder.
        var found = LogFolders.List(_folder);
        var files = found.Files.Where(f => LogFolders.MayHold(f, since)).Select(f => f.Path).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            return new([], found.PassedOver.Count == 0);
        }

        // 2. Read them, and ask.
        try
        {
            using var database = new LogDatabase(options.Engine, [RealPath.Of(_folder) ?? Path.GetFullPath(_folder)]);
            database.Execute(AuditSql.Load(files), "reading audit logs", cancellationToken);
            foreach (var statement in prepare)
            {
                database.Execute(statement, "reading audit logs", cancellationToken);
            }

            var unread = database.Query(AuditSql.Unread, r => r.GetInt64(0), cancellationToken: cancellationToken)[0];
            return new(database.Query(query, read, "asking the audit log", cancellationToken), unread == 0 && found.PassedOver.Count == 0);
        }
        catch (DuckDBException e)
        {
            throw new RetryLaterException($"The audit logs in '{_folder}' cannot be read: {e.Message}", inner: e);
        }
    }
}
