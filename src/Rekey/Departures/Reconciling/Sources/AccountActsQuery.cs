using System.Reflection;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>The query for acts that close or open an account, in the table <c>AuditLogs</c>. It reads <c>ArrivedSince</c>.</summary>
public static class AccountActsQuery
{
    /// <summary>The query in KQL.</summary>
    public static string Kql
    {
        get
        {
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("account-acts.kql")!);
            return reader.ReadToEnd();
        }
    }
}
