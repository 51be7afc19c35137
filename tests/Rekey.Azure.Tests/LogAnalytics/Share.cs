using System.Globalization;
using System.Text.RegularExpressions;

namespace Rekey.Azure.Tests.LogAnalytics;

/// <summary>What share of a result a query asks for.</summary>
internal sealed partial record Share(int Tokens, int Token, int Rows, int Row)
{
    public static Share Of(string query)
    {
        var token = TokenShare().Matches(query);
        var row = RowShare().Match(query);
        // Everything that is read is narrowed, or nothing: both views, or both and what lies further back of outlived tokens.
        Assert.True(token.Count is 0 or 2 or 5 && token.Select(m => m.Value).Distinct().Count() <= 1);
        return new(
            Number(token.FirstOrDefault(), "n", 1),
            Number(token.FirstOrDefault(), "i", 0),
            Number(row, "n", 1),
            Number(row, "i", 0)
        );
    }

    public bool Holds(object?[] row) =>
        Hash((string?)row[2]) % (uint)Tokens == Token && Hash(string.Join('|', row[..12])) % (uint)Rows == Row;

    // Any fixed hash will do: what counts is that shares of one fill it.
    private static uint Hash(string? text) =>
        (text ?? "").Aggregate(2166136261u, (hash, unit) => (hash ^ unit) * 16777619u) is var mixed ? mixed ^ (mixed >> 15) : 0;

    private static int Number(Match? match, string group, int otherwise) =>
        match is { Success: true } ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : otherwise;

    [GeneratedRegex(@"\| where hash\(Jti, (?<n>\d+)\) == (?<i>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenShare();

    [GeneratedRegex(@"\| where hash\(strcat\(.*\), (?<n>\d+)\) == (?<i>\d+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RowShare();
}
