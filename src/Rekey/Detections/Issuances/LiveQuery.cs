namespace Rekey.Detections.Issuances;

/// <summary>
/// The query for the live tokens of an issuer, in the languages of both engines. It reads the view <c>TokenIssuance</c>, <c>AskedIss</c>,
/// <c>AskedAt</c> and the table <c>AskedKid</c>.
/// </summary>
public static class LiveQuery
{
    /// <summary>The query in KQL.</summary>
    public static string Kql => Text("query.kql");

    /// <summary>The query in DuckDB's SQL.</summary>
    public static string Sql => Text("query.sql");

    private static string Text(string file) =>
        EmbeddedText.Find($"questions/live-tokens/{file}")
        ?? throw new InvalidOperationException($"'{file}' of the query for live tokens is missing: the build is broken.");
}
