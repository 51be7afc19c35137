namespace Rekey.DuckDb.Detections;

/// <summary>
/// A bit filter in the variable <c>Sieve</c>. A query first selects rows by few columns, and then reads all columns of only those rows.
/// The filter has false positives, so the query must repeat the full condition.
/// </summary>
internal static class Sieve
{
    /// <summary>The highest bit. 256 KiB stay in a core's cache; a thousand rows let one in two thousand others through.</summary>
    private const int Max = (1 << 21) - 1;

    /// <summary>The columns that can filter rows: the view is then named <c>GatewayAccess_Jti</c>.</summary>
    public static readonly IReadOnlyList<string> AccessColumns = ["Jti", "TimeGenerated"];

    public static readonly IReadOnlyList<string> IssuanceColumns = ["Jti", "Sequence"];

    /// <summary>What a query makes one with: <c>SieveOf(bit)</c> over <c>SieveBit(value)</c>, or over
    /// <c>SieveBitOf(hash(value))</c>.</summary>
    public static readonly IReadOnlyList<string> Macros =
    [
        $"CREATE OR REPLACE TEMP MACRO SieveBitOf(hashed) AS (hashed & {Max})::INTEGER",
        $"CREATE OR REPLACE TEMP MACRO SieveBit(value) AS (hash(value) & {Max})::INTEGER",
        $"CREATE OR REPLACE TEMP MACRO SieveMax() AS {Max}",
    ];

    /// <summary>Returns SQL that checks whether a value passes the filter.</summary>
    public static string Holds(string value) => $"get_bit(getvariable('Sieve'), (hash({value}) & {Max})::INTEGER) = 1";
}
