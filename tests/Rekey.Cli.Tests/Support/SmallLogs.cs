namespace Rekey.Cli.Tests.Support;

/// <summary>Small logs: one issued token, its access, and accesses of tokens that nobody issued.</summary>
internal static class SmallLogs
{
    public const string Issuer = "https://idp.example";
    public const string Forged = "forged-jti";

    public const string Header = "TimeGenerated,Iss,Jti\n";

    public static string Issuance(string jti) => Json(jti, "10:00:00");

    public static string Access(string jti) => Json(jti, "10:01:00");

    public static string CsvAccess(string jti) => $"2026-03-01T10:01:00Z,{Issuer},{jti}\n";

    /// <summary>Writes an issuance, and four accesses of the token that was issued.</summary>
    public static void WriteHonest(this TemporaryFolder folder)
    {
        folder.Write("issued/i.ndjson", Issuance("honest"));
        folder.Write("access/a.ndjson", string.Concat(Enumerable.Repeat(Access("honest"), 4)));
    }

    public static Task<ToolRun> SweepAsync(this TemporaryFolder folder, params string[] more) =>
        Tool.RunAsync(["sweep", "--issued", folder["issued"], "--access", folder["access"], "--quiet", .. more]);

    private static string Json(string jti, string time) =>
        $$"""{"TimeGenerated":"2026-03-01T{{time}}Z","Iss":"{{Issuer}}","Jti":"{{jti}}"}""" + "\n";
}
