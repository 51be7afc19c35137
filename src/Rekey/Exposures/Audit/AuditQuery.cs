using Rekey.Detections;

namespace Rekey.Exposures.Audit;

/// <summary>A question to the audit log, in the languages of both engines. Both yield the same rows.</summary>
public sealed class AuditQuery
{
    private AuditQuery(string name) => (Kql, Sql) = (Text(name, "query.kql"), Text(name, "query.sql"));

    /// <summary>The uses of keys: <see cref="AuditedUse"/>. It reads <c>VaultAudit</c>, <c>AskedKey</c>, <c>AskedPrincipal</c> and
    /// <c>AsksEveryone</c>.</summary>
    public static AuditQuery Uses { get; } = new("key-uses");

    /// <summary>The silences of vaults: <see cref="AuditSilence"/>. It reads <c>VaultAudit</c>, <c>AskedVault</c> and
    /// <c>MaxPause</c>.</summary>
    public static AuditQuery Silences { get; } = new("audit-silences");

    /// <summary>The changes in the directory: <see cref="DirectoryChange"/>. It reads <c>DirectoryAudit</c> and
    /// <c>AskedPerson</c>.</summary>
    public static AuditQuery Changes { get; } = new("directory-changes");

    /// <summary>What watched principals did: <see cref="LeaverAct"/>. It reads <c>VaultAudit</c>, <c>DirectoryAudit</c>, <c>SignIn</c> and
    /// <c>AskedPrincipal</c>.</summary>
    public static AuditQuery Acts { get; } = new("leaver-acts");

    /// <summary>The last rows: <see cref="LastRow"/>. It reads <c>VaultAudit</c>, <c>DirectoryAudit</c> and <c>SignIn</c>.</summary>
    public static AuditQuery LastRows { get; } = new("last-rows");

    /// <summary>The query in KQL.</summary>
    public string Kql { get; }

    /// <summary>The query in DuckDB's SQL.</summary>
    public string Sql { get; }

    private static string Text(string name, string file) =>
        EmbeddedText.Find($"questions/{name}/{file}")
        ?? throw new InvalidOperationException($"'{file}' of the audit query {name} is missing: the build is broken.");
}
