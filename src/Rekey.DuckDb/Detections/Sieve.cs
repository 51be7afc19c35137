namespace Rekey.DuckDb.Detections;

/// <summary>
/// A sieve of bits in the variable <c>Sieve</c>: a query first finds by few columns which rows matter, then has all columns read of those
/// alone, and of a few others that the sieve lets through by chance. What it reads so it must ask for in full again.
/// </summary>
internal static class Sieve
{
    /// <summary>The greatest bit. 256 KiB stay in a core's cache; a thousand rows let one in two thousand others through.</summary>
    private const int Max = (1 << 21) - 1;

    /// <summary>Columns that rows can be sifted by: a view is called <c>GatewayAccess_Jti</c> then.</summary>
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

    /// <summary>Whether it lets a value through.</summary>
    public static string Holds(string value) => $"get_bit(getvariable('Sieve'), (hash({value}) & {Max})::INTEGER) = 1";
}
