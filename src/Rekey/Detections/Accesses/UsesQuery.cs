namespace Rekey.Detections.Accesses;

/// <summary>
/// The query for the gateways that accepted a token, in the languages of both engines. It reads the view <c>GatewayAccess</c>,
/// <c>AskedIss</c>, <c>AskedJti</c> and <c>AskedHash</c>, which are empty where unknown.
/// </summary>
public static class UsesQuery
{
    /// <summary>The most gateways that it names.</summary>
    public const int MostGateways = 100;

    /// <summary>The query in KQL.</summary>
    public static string Kql => Text("query.kql");

    /// <summary>The query in DuckDB's SQL.</summary>
    public static string Sql => Text("query.sql");

    private static string Text(string file) =>
        EmbeddedText.Find($"questions/token-uses/{file}")
        ?? throw new InvalidOperationException($"'{file}' of the query for the uses of a token is missing: the build is broken.");
}
