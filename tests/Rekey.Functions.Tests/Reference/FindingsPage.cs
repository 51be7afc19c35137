using System.Reflection;
using System.Text.RegularExpressions;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Drifts;

namespace Rekey.Functions.Tests.Reference;

/// <summary>Every kind of finding with how bad it is, as the code raises it, and what it says, from its documentation.</summary>
internal static partial class FindingsPage
{
    private static readonly FieldInfo[] Kinds = typeof(FindingKinds).GetFields();

    public static string OfVaults() =>
        Table(k => k.Name.StartsWith("Vault", StringComparison.Ordinal) || k.Name == nameof(FindingKinds.RotationNotAllowed), []);

    public static string OfOthers() =>
        Table(
            k => !k.Name.StartsWith("Vault", StringComparison.Ordinal) && k.Name != nameof(FindingKinds.RotationNotAllowed),
            Enum.GetValues<Verdict>().Select(v => (v.FindingKind(), $"Tokens were {v.Meaning()}. {v.Remedy()}"))
        );

    /// <summary>Findings in the source whose kind is none of <see cref="FindingKinds"/>.</summary>
    public static IEnumerable<string> Unnamed() =>
        Sources().SelectMany(s => Severities().Matches(Raised().Replace(s, "")).Select(m => m.Value));

    private static string Table(Func<FieldInfo, bool> isIn, IEnumerable<(string Code, string Text)> verdicts)
    {
        var severities = SeveritiesOfKinds();
        return "| finding | severity | what it says | closes |\n| --- | --- | --- | --- |\n"
            + string.Concat(
                verdicts
                    .Concat(Kinds.Where(isIn).Select(kind => (kind.GetRawConstantValue()!.ToString()!, XmlDocs.Of(kind) ?? "")))
                    .Select(kind =>
                    {
                        var (code, text) = kind;
                        Assert.True(text.Length > 0, $"{code} has no documentation.");
                        Assert.True(severities[code].Any(), $"Nothing raises {code}.");
                        return ReferencePage.Row(
                            $"`{code}`",
                            string.Join(" or ", severities[code].Distinct().OrderDescending()),
                            text,
                            FindingClosings.Of(code)
                        );
                    })
            );
    }

    private static ILookup<string, Severity> SeveritiesOfKinds()
    {
        var codes = Kinds.ToDictionary(k => k.Name, k => k.GetRawConstantValue()!.ToString()!, StringComparer.Ordinal);
        var raised = Sources()
            .SelectMany(s => Raised().Matches(s))
            .SelectMany(m =>
                m.Groups["severity"].Captures.Select(c => (Code: codes[m.Groups["kind"].Value], Severity: Enum.Parse<Severity>(c.Value)))
            );

        // Of what a sweep judges, the detection and the kind of difference say how bad it is.
        var tokens = DetectionCatalog.Load().SelectMany(d => d.Verdicts.Select(v => (Code: v.FindingKind(), Severity: d.SeverityOf(v))));
        var drift = Enum.GetValues<DriftKind>()
            .Select(k =>
                (
                    Code: new Drift(k, "", "", "", new Dictionary<string, string>(StringComparer.Ordinal), []).FindingKind,
                    Severity: AccessFindings.SeverityOf(k)
                )
            );
        return raised.Concat(tokens).Concat(drift).ToLookup(r => r.Code, r => r.Severity, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Sources() =>
        new[] { "Rekey", "Rekey.Azure", "Rekey.DuckDb", "Rekey.Functions" }
            .SelectMany(p =>
                Directory.EnumerateFiles(Path.Combine(ReferencePage.Repository, "src", p), "*.cs", SearchOption.AllDirectories)
            )
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    /// <summary>A kind, what it is about and how bad it is, as the arguments of a new finding.</summary>
    [GeneratedRegex(
        @"FindingKinds\.(?<kind>\w+),[^;]{0,150}?Severity\.(?<severity>\w+)(\s*:\s*Severity\.(?<severity>\w+))?",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Raised();

    [GeneratedRegex(@"[^\n]*,\s*Severity\.\w+,[^\n]*", RegexOptions.None, 1000)]
    private static partial Regex Severities();
}
