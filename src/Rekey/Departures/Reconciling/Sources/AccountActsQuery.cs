using System.Reflection;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>The query for acts that close or open an account, in the languages of both engines. It reads the table <c>AuditLogs</c>; in
/// KQL also <c>ArrivedSince</c>.</summary>
public static class AccountActsQuery
{
    /// <summary>The query in KQL.</summary>
    public static string Kql => Text("account-acts.kql");

    /// <summary>The query in DuckDB's SQL.</summary>
    public static string Sql => Text("account-acts.sql");

    private static string Text(string file)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}
