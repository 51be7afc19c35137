using System.Text.RegularExpressions;
using Rekey.Detections;

namespace Rekey.DuckDb.Tests.Engine;

/// <summary>What a <c>query.sql</c> may call: exact, and the same on the same data. Whatever is not named here is refused.</summary>
public sealed partial class SqlAllowListTests
{
    /// <summary>No approx_*, quantile, mode, any_value, arg_min, first, list, random, now: they estimate, choose among equals, or are
    /// another every time.</summary>
    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal)
    {
        // Aggregates and windows.
        "bit_or",
        "bitstring_agg",
        "bool_or",
        "count",
        "lag",
        "lead",
        "max",
        "min",
        "array_to_string",
        "coalesce",
        "contains",
        "epoch_us",
        "getvariable",
        "greatest",
        "hash",
        "isfinite",
        "least",
        "len",
        "list_filter",
        "list_resize",
        "make_timestamp",
        "range",
        "split_part",
        "string_split",
        "unnest",
        "sievebit",
        "sievebitof",
        "sievemax",
        // Words of the language before a parenthesis, and names of tables with their columns.
        "and",
        "as",
        "b",
        "distinct",
        "e",
        "from",
        "in",
        "join",
        "over",
        "select",
        "values",
        "where",
    };

    /// <summary>Clauses that take some rows and leave others, or rows by chance.</summary>
    private static readonly string[] Clauses = ["SAMPLE", "TABLESAMPLE", "LIMIT", "OFFSET", "FETCH", "DISTINCT ON", "POSITIONAL", "ASOF"];

    [Fact]
    public void Every_detection_of_this_build_is_exact() =>
        Assert.All(DetectionCatalog.LoadSql(), d => Assert.Equal((d.Id, ""), (d.Id, string.Join(", ", Refused(d.Sql)))));

    [Theory]
    [InlineData("SELECT approx_count_distinct(Jti) FROM GatewayAccess", "approx_count_distinct")]
    [InlineData("SELECT Approx_Quantile (Jti, 0.5) FROM GatewayAccess", "approx_quantile")]
    [InlineData("SELECT quantile_cont(StatusCode, 0.9) FROM GatewayAccess", "quantile_cont")]
    [InlineData("SELECT reservoir_quantile(StatusCode, 0.9) FROM GatewayAccess", "reservoir_quantile")]
    [InlineData("SELECT any_value(Sub) FROM GatewayAccess", "any_value")]
    [InlineData("SELECT * FROM GatewayAccess USING SAMPLE 10%", "SAMPLE")]
    [InlineData("SELECT * FROM GatewayAccess tablesample reservoir(10)", "TABLESAMPLE")]
    [InlineData("SELECT * FROM GatewayAccess LIMIT 10", "LIMIT")]
    [InlineData("SELECT \"approx_count_distinct\"(Jti) FROM GatewayAccess", "approx_count_distinct")]
    public void What_estimates_or_samples_is_refused(string sql, string refused) => Assert.Contains(refused, Refused(sql));

    private static IEnumerable<string> Refused(string sql)
    {
        var code = Aside().Replace(sql, " ");
        return Called()
            .Matches(code)
            .Select(m => m.Groups["name"].Value.ToLowerInvariant())
            .Where(f => !Functions.Contains(f))
            .Concat(
                Clauses.Where(c =>
                    Regex.IsMatch(
                        code,
                        $@"\b{c.Replace(" ", @"\s+", StringComparison.Ordinal)}\b",
                        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
                        TimeSpan.FromSeconds(1)
                    )
                )
            )
            .Distinct();
    }

    /// <summary>Comments and texts.</summary>
    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", RegexOptions.Singleline, 1000)]
    private static partial Regex Aside();

    [GeneratedRegex(@"\b(?<name>\w+)""?\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Called();
}
