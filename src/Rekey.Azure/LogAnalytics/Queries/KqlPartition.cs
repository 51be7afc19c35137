namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// A share of a query whose result is too large for one reply (500,000 rows or about 100 MiB). It splits by token first, which makes the
/// joins smaller too. If one <c>jti</c> alone is too large (a forger chooses it), it splits by the content of rows.
/// </summary>
/// <param name="Tokens">The number of shares of tokens.</param>
/// <param name="Token">The index of this share, from 0: <c>hash(Jti, Tokens) == Token</c>.</param>
/// <param name="Rows">The number of shares of the result's rows.</param>
/// <param name="Row">The index of this share, from 0.</param>
/// <remarks>KQL's <c>hash(x, n)</c> is the hash modulo n, from 0 to n - 1, and n only ever grows by a factor: shares of a share divide
/// it.</remarks>
public sealed record KqlPartition(int Tokens, int Token, int Rows, int Row)
{
    /// <summary>The number of shares in a split.</summary>
    public const int Factor = 8;

    /// <summary>The most shares of tokens, and of rows: 10^11 rows, more than any log holds findings.</summary>
    public const int Most = 512;

    /// <summary>The whole result.</summary>
    public static KqlPartition Whole { get; } = new(1, 0, 1, 0);

    /// <summary>Whether a split into that many shares is possible.</summary>
    public static bool IsShares(int number) => number is 1 or Factor or Factor * Factor or Most;

    /// <summary>A share of the tokens by its place: behind share n of 8 the same tokens come as shares 8n to 8n + 7 of 64, so that what
    /// was judged before a share is split stays judged.</summary>
    /// <param name="shares">A power of <see cref="Factor"/>.</param>
    public static KqlPartition OfTokensAt(int share, int shares)
    {
        var (token, weight) = (0, 1);
        for (var left = shares / Factor; left > 0; left /= Factor)
        {
            token += share / left % Factor * weight;
            weight *= Factor;
        }

        return new(shares, token, 1, 0);
    }

    /// <summary>Shares that hold each row of this one exactly once; empty when there is no smaller one.</summary>
    /// <param name="byToken">Whether the query looks at each token by itself. One of gaps does not.</param>
    public IReadOnlyList<KqlPartition> Split(bool byToken) =>
        this switch
        {
            { Tokens: < Most, Rows: 1 } when byToken =>
            [
                .. Enumerable.Range(0, Factor).Select(i => new KqlPartition(Tokens * Factor, Token + (i * Tokens), 1, 0)),
            ],
            { Rows: < Most } =>
            [
                .. Enumerable.Range(0, Factor).Select(i => new KqlPartition(Tokens, Token, Rows * Factor, Row + (i * Rows))),
            ],
            _ => [],
        };

    /// <summary>The filter of both views.</summary>
    public string OfTokens => Tokens == 1 ? "" : $"\n    | where hash(Jti, {Tokens}) == {Token}";

    /// <summary>The filter of the result, by columns that distinguish all rows.</summary>
    public string OfRows(IEnumerable<string> columns) =>
        Rows == 1 ? "" : $"\n| where hash(strcat({string.Join(", \"|\", ", columns)}), {Rows}) == {Row}";
}
