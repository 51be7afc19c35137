using Rekey.Azure.Tests.LogAnalytics.Parser;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>What a detection may be made of: exact, plain, and the same on every Kusto engine. Whatever is not named here is
/// refused.</summary>
internal static class KqlAllowList
{
    private static readonly Dictionary<string, HashSet<string>> Allowed = new()
    {
        // No dcount, percentile, make_set, take_any: they estimate, cap or choose. No now, ago, ingestion_time, rand: the same data, the
        // same rows.
        ["Function"] =
        [
            "count",
            "countif",
            "max",
            "min",
            "sum",
            "array_concat",
            "array_length",
            "array_slice",
            "bin",
            "case",
            "iff",
            "indexof",
            "isempty",
            "isnotempty",
            "isnotnull",
            "isnull",
            "max_of",
            "next",
            "not",
            "prev",
            "split",
            "strcat_array",
            "tostring",
            "trim",
        ],
        // No =~, has, contains, matches: texts are compared by their code units.
        ["Operator"] =
        [
            "Add",
            "And",
            "Divide",
            "Equal",
            "GreaterThan",
            "GreaterThanOrEqual",
            "LessThan",
            "LessThanOrEqual",
            "Multiply",
            "NotEqual",
            "Or",
            "Subtract",
        ],
        // A join without a kind takes one row of several from the left.
        ["Parameter"] = ["hint.strategy=shuffle", "kind=inner", "kind=leftanti", "kind=leftouter", "kind=leftsemi"],
        // No take, top, sample, evaluate, externaldata, materialize, parse, mv-expand, find, search.
        ["Syntax"] =
        [
            "DistinctOperator",
            "ExtendOperator",
            "FilterOperator",
            "JoinOperator",
            "ProjectOperator",
            "SortOperator",
            "SummarizeOperator",
            "UnionOperator",
            "QueryBlock",
            "LetStatement",
            "ExpressionStatement",
            "PipeExpression",
            "ParenthesizedExpression",
            "ExpressionList",
            "SimpleNamedExpression",
            "NameDeclaration",
            "NameReference",
            "JoinOnClause",
            "SummarizeByClause",
            "OrderedExpression",
            "OrderingClause",
            "DynamicExpression",
            "JsonArrayExpression",
            "ElementExpression",
            "BracketedExpression",
            "PathExpression",
        ],
    };

    /// <summary>Everything behind <paramref name="from"/> that is not allowed.</summary>
    public static IReadOnlyList<string> Refused(KqlReading reading, int from)
    {
        var used = reading.Used.Where(u => u.At >= from && u.Kind != "Literal").ToArray();
        var joins = used.Count(u => u is { Kind: "Syntax", Name: "JoinOperator" });
        var kinds = used.Count(u => u.Kind == "Parameter" && u.Name.StartsWith("kind=", StringComparison.Ordinal));
        return
        [
            .. used.Where(u => !Allowed[u.Kind].Contains(u.Name)).Select(u => $"{u.Kind} {u.Name}").Distinct(),
            .. joins == kinds ? Array.Empty<string>() : [$"{joins} joins, {kinds} kinds"],
        ];
    }
}
