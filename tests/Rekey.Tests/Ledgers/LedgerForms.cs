using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Ledgers;

namespace Rekey.Tests.Ledgers;

/// <summary>How ledger lines of each kind look: the names of their facts and the forms of their texts, with what differs from run to run
/// left out.</summary>
internal static partial class LedgerForms
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line of JSON for each kind. A fact that not every line has bears a question mark.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<LedgerLine> lines) =>
        [.. lines.Select(l => l.Entry).GroupBy(e => e.Kind, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(Of)];

    private static string Of(IGrouping<string, LedgerEntry> entries)
    {
        var facts = entries
            .SelectMany(e => e.Facts.Keys)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToDictionary(
                name => entries.All(e => e.Facts.ContainsKey(name)) ? name : $"{name}?",
                name => Forms(entries.Where(e => e.Facts.ContainsKey(name)).Select(e => e.Facts[name])),
                StringComparer.Ordinal
            );
        return JsonSerializer.Serialize(
            new
            {
                kind = entries.Key,
                id = Forms(entries.Select(e => e.Id)),
                about = Forms(entries.Select(e => e.About)),
                facts,
            },
            Json
        );
    }

    private static string[] Forms(IEnumerable<string> texts) =>
        [.. texts.Select(Form).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Form(string text)
    {
        var form = Key().Replace(text, m => m.Groups["between"].Value == "/" ? "<key>" : "<key's row>");
        form = Time().Replace(form, "<time>");
        form = Guids().Replace(form, "<guid>");
        form = Word()
            .Replace(form, m => m.Length switch
                {
                    64 => "<hash>",
                    43 => "<thumbprint>",
                    32 => "<version>",
                    27 => "<id>",
                    12 => "<writer>",
                    _ => "<jws>",
                });
        form = Number().Replace(form, "<n>");
        return Repeated().Replace(form, "${one}…");
    }

    [GeneratedRegex(
        "kv-prod-01\\.vault\\.azure\\.net(?<between>[/~])issuer-[0-9]+",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Key();

    [GeneratedRegex(
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+((\\+|\\\\u002B)00:00|Z)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Time();

    [GeneratedRegex(
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Guids();

    /// <summary>Ids, hashes and versions, by their length; all of them have capitals or digits.</summary>
    [GeneratedRegex(
        "(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_.-]+|"
            + "(?=[a-z_-]*[A-Z0-9])([A-Za-z0-9_-]{27}|[A-Za-z0-9_-]{43}|[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{64}))(?![A-Za-z0-9_-])",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Word();

    [GeneratedRegex("(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Number();

    /// <summary>Of a list of the same form, one and a mark.</summary>
    [GeneratedRegex("(?<one><[a-z']+>)( \\k<one>)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Repeated();
}
