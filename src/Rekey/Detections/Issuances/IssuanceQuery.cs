namespace Rekey.Detections.Issuances;

/// <summary>
/// The query for the last issuance of an issuer, in the languages of both engines. It reads the view <c>TokenIssuance</c>,
/// <c>AskedIss</c>, <c>AskedUntil</c> and the table <c>AskedKid</c>.
/// </summary>
public static class IssuanceQuery
{
    /// <summary>The query in KQL.</summary>
    public static string Kql => Text("query.kql");

    /// <summary>The query in DuckDB's SQL.</summary>
    public static string Sql => Text("query.sql");

    private static string Text(string file) =>
        EmbeddedText.Find($"questions/last-issuance/{file}")
        ?? throw new InvalidOperationException($"'{file}' of the issuance query is missing: the build is broken.");
}
