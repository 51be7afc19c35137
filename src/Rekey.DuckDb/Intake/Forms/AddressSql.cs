namespace Rekey.DuckDb.Intake.Forms;

/// <summary>The client's address in one form, so that equal addresses are equal texts: see <see cref="ClientAddress"/>. Null for what is
/// no address.</summary>
internal static class AddressSql
{
    private const string Byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    /// <summary>The function of <see cref="ClientAddress.Parse"/>, which the database has.</summary>
    public const string Function = "rekey_client_address";

    /// <summary>Plain IPv4 is the usual form, and is left as it is.</summary>
    public static string Of(string raw) =>
        $"CASE WHEN regexp_full_match({raw}, '{Byte}(?:\\.{Byte}){{3}}') THEN {raw} ELSE {Function}({raw}) END";
}
