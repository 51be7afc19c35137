using System.Text.RegularExpressions;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.Tests.Architecture;

namespace Rekey.Tests.Detections;

/// <summary>The table of verdicts is whole, the queries yield exactly its verdicts, and no other code knows a single verdict.</summary>
public sealed partial class VerdictTableTests
{
    [Fact]
    public void Every_verdict_has_a_row_with_words_of_its_own()
    {
        var all = Enum.GetValues<Verdict>();
        foreach (var verdict in all)
        {
            Assert.Equal(verdict, Verdicts.Parse(verdict.Code()));
            Assert.Equal($"tokens-{verdict.Code()}", verdict.FindingKind());

            // The words continue a sentence, or are whole sentences.
            Assert.True(char.IsLower(verdict.Meaning()[0]) && !verdict.Meaning().EndsWith('.'), verdict.Meaning());
            Assert.True(char.IsUpper(verdict.Remedy()[0]) && verdict.Remedy().EndsWith('.'), verdict.Remedy());
        }

        Assert.Equal(all.Length, all.Select(v => v.Meaning()).Distinct().Count());
        Assert.Equal(all.Length, all.Select(v => v.Remedy()).Distinct().Count());
    }

    [Fact]
    public void The_verdicts_of_the_SQL_and_of_the_KQL_are_those_of_the_table()
    {
        var detections = DetectionCatalog.Load().Where(d => d.Yields is DetectionRows.Tokens).ToList();
        foreach (var detection in detections)
        {
            var codes = detection.Verdicts.Select(v => v.Code()).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(codes, Literals(SqlVerdict(), detection.Sql));
            Assert.Equal(codes, Literals(KqlVerdict(), detection.Kql));
        }

        Assert.Equal(Enum.GetValues<Verdict>(), detections.SelectMany(d => d.Verdicts).Distinct().Order());
    }

    [Fact]
    public void A_response_without_approval_needs_a_forgery_and_legitimate_tokens_get_none()
    {
        Assert.All(Enum.GetValues<Verdict>(), v => Assert.True(v.IsForgery() || !v.IsProof(), v.Code()));
        Assert.All(Enum.GetValues<Verdict>(), v => Assert.True(!v.IsLegitimate() || !v.IsForgery(), v.Code()));
        Assert.All(DetectionCatalog.Load().SelectMany(d => d.Verdicts.Select(v => (Verdict: v, Severity: d.SeverityOf(v)))), d =>
            Assert.Equal(d.Verdict.IsLegitimate(), d.Severity is Severity.Informational)
        );
    }

    /// <summary>Only a verdict that is judged again can change.</summary>
    [Fact]
    public void A_verdict_that_may_become_another_is_provisional()
    {
        foreach (var (was, now) in Enum.GetValues<Verdict>().SelectMany(_ => Enum.GetValues<Verdict>(), (was, now) => (was, now)))
        {
            Assert.True(!was.MayBecome(now) || was.IsProvisional(), $"{was.Code()} may become {now.Code()}.");
            Assert.True(!was.MayBecome(now) || !now.MayBecome(was), $"{was.Code()} and {now.Code()} may become each other.");
        }

        Assert.All(Enum.GetValues<Verdict>(), v => Assert.True(v.IsProvisional() || !v.MayBeHidden(), v.Code()));
    }

    /// <summary>Besides the table there are the oracle, the reasons of <c>--explain</c> with the numbers of one token, and the hints at
    /// mistakes in the input. A new verdict needs none of them.</summary>
    [Fact]
    public void No_other_code_names_a_verdict() =>
        Assert.Equal(
            ["Explanation.cs", "SweepHints.cs", "VerdictDefinitions.cs", "Verdicts.cs"],
            SourceFiles
                .All.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal))
                .Where(f => f.Lines.Any(l => Named().Matches(l).Any(m => Enum.TryParse<Verdict>(m.Groups["name"].Value, out _))))
                .Select(f => Path.GetFileName(f.Path))
                .Order(StringComparer.Ordinal)
        );

    private static IEnumerable<string> Literals(Regex column, string query) =>
        Literal().Matches(column.Match(query).Groups["value"].Value).Select(m => m.Groups["text"].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"SELECT(?<value>[^,;]*?) AS Verdict\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SqlVerdict();

    [GeneratedRegex(@"Verdict = (?<value>[^\n]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KqlVerdict();

    [GeneratedRegex(@"['""](?<text>[^'""]*)['""]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\bVerdict\.(?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
