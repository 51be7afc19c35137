using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Mapping;

/// <summary>
/// A condition on one column. A row without a value, or with a text where a number is compared, is kept: only a row that is known to be
/// something else is taken out, unless the map demands that the column exists.
/// </summary>
/// <param name="Is">The allowed values; empty for all.</param>
/// <param name="IsNot">The values to take out.</param>
internal sealed record RowFilter(
    IReadOnlyList<string> Column,
    IReadOnlyList<string> Is,
    IReadOnlyList<string> IsNot,
    double? AtLeast,
    double? AtMost,
    bool? Exists
)
{
    /// <summary>SQL that is true for the rows to keep.</summary>
    /// <param name="value">The column's text; null if it has none.</param>
    public string Keeps(string value)
    {
        var all = new List<string>();
        if (Is.Count > 0)
        {
            all.Add($"coalesce({value} IN ({Listed(Is)}), true)");
        }

        if (IsNot.Count > 0)
        {
            all.Add($"coalesce({value} NOT IN ({Listed(IsNot)}), true)");
        }

        if (AtLeast is { } least)
        {
            all.Add($"coalesce(TRY_CAST({value} AS DOUBLE) >= {least:R}, true)");
        }

        if (AtMost is { } most)
        {
            all.Add($"coalesce(TRY_CAST({value} AS DOUBLE) <= {most:R}, true)");
        }

        if (Exists is { } exists)
        {
            all.Add($"{value} IS {(exists ? "NOT NULL" : "NULL")}");
        }

        return $"({string.Join(" AND ", all)})";
    }

    private static string Listed(IEnumerable<string> values) => string.Join(", ", values.Select(SqlText.Literal));
}
