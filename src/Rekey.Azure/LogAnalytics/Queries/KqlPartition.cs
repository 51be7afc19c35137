namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// A share of a query whose result is too large to come in one reply (500,000 rows or about 100 MiB). First by token, which makes the joins
/// smaller too; then, where one <c>jti</c> alone is too much (a forger chooses it), by what the rows say.
/// </summary>
/// <param name="Tokens">How many shares of tokens there are.</param>
/// <param name="Token">Which of them, from 0: <c>hash(Jti, Tokens) == Token</c>.</param>
/// <param name="Rows">How many shares of the result's rows there are.</param>
/// <param name="Row">Which of them, from 0.</param>
/// <remarks>KQL's <c>hash(x, n)</c> is the hash modulo n, from 0 to n - 1, and n only ever grows by a factor: shares of a share divide
/// it.</remarks>
public sealed record KqlPartition(int Tokens, int Token, int Rows, int Row)
{
    /// <summary>How many shares one is split into.</summary>
    public const int Factor = 8;

    /// <summary>The most shares of tokens, and of rows: 10^11 rows, more than any log holds findings.</summary>
    public const int Most = 512;

    /// <summary>All of it.</summary>
    public static KqlPartition Whole { get; } = new(1, 0, 1, 0);

    /// <summary>Whether something can be split into as many shares.</summary>
    public static bool IsShares(int number) => number is 1 or Factor or Factor * Factor or Most;

    /// <summary>A share of the tokens by its place: behind share n of 8 the same tokens come as shares 8n to 8n + 7 of 64, so that what was
    /// judged before a share is split stays judged.</summary>
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

    /// <summary>What narrows both views.</summary>
    public string OfTokens => Tokens == 1 ? "" : $"\n    | where hash(Jti, {Tokens}) == {Token}";

    /// <summary>What narrows the result: every row differs from every other in these.</summary>
    public string OfRows(IEnumerable<string> columns) =>
        Rows == 1 ? "" : $"\n| where hash(strcat({string.Join(", \"|\", ", columns)}), {Rows}) == {Row}";
}
