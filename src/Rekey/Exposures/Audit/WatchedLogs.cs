namespace Rekey.Exposures.Audit;

/// <summary>The logs that show what a person who has left does, by the codes of the queries, with their tables.</summary>
public static class WatchedLogs
{
    public const string Vault = "vault";
    public const string Directory = "directory";
    public const string SignIns = "signinlogs";
    public const string NonInteractive = "aadnoninteractiveusersigninlogs";
    public const string ServicePrincipals = "aadserviceprincipalsigninlogs";

    /// <summary>Each log with the table of a workspace.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tables = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Vault] = "AZKVAuditLogs",
        [Directory] = "AuditLogs",
        [SignIns] = "SigninLogs",
        [NonInteractive] = "AADNonInteractiveUserSignInLogs",
        [ServicePrincipals] = "AADServicePrincipalSignInLogs",
    };
}
