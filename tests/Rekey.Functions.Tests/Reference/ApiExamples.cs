using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rekey.Functions.Tests.Reference;

/// <summary>
/// The examples of the OpenAPI document. A test sends every request; the answers in examples.json are answers of the app, shortened, and
/// a test holds each against its schema. With <c>REKEY_WRITE_DOCS=1</c> missing answers are added.
/// </summary>
internal static partial class ApiExamples
{
    /// <summary>The person in the examples.</summary>
    public const string Person = "6f0d8a4e-5a54-4b5e-9d1c-2f3a4b5c6d7e";

    private static readonly string File = Path.Combine(ReferencePage.Repository, "tests/Rekey.Functions.Tests/Reference/examples.json");

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonObject Known = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();

    /// <summary>The body of each operation that takes one; a form as the object of its fields.</summary>
    public static IReadOnlyDictionary<string, string> Requests { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Introspect"] = """{"token":"x.y.z"}""",
            ["MakeStatusList"] = """{"bits":1,"size":8,"entries":[{"idx":0,"jti":"x"}]}""",
            ["ProposeBlock"] = """{"kind":"token","issuer":"shop","value":"openapi","reason":"INC-12"}""",
            ["ReportDeparture"] = $$"""{"personId":"{{Person}}","reference":"HR-4711"}""",
            ["ReportWorkflowLeaver"] = $$"""{"data":{"subject":{"id":"{{Person}}"},"taskProcessingResult":{"id":"run-1"} } }""",
            ["AnswerDecision"] = """{"answer":"approve","planHash":"x","reason":"CHG-4711"}""",
            ["AcknowledgeFinding"] = """{"reason":"INC-12: the gateway is updated on Monday"}""",
            ["AcceptLedger"] = $$"""{"lines":1,"hash":"{{new string('0', 64)}}","reason":"INC-12"}""",
            ["Start"] = """{"reason":"INC-12 is over"}""",
            ["FindToken"] = """{"iss":"shop","jti":"7f3c"}""",
        };

    /// <summary>The answers by the names of their schemas.</summary>
    public static IEnumerable<string> Answers => Known.Select(e => e.Key);

    /// <summary>The example of an answer; null when there is none.</summary>
    public static JsonNode? Answer(string schema) => Known[schema]?.DeepClone();

    /// <summary>Keeps an answer of the app as the example of its schema, if examples are written and it has none that fits.</summary>
    public static void Keep(string schema, string answer, Func<string, bool> fits)
    {
        if (!ReferencePage.IsWriting || (Known[schema] is { } known && fits(known.ToJsonString())))
        {
            return;
        }

        Known[schema] = Short(JsonNode.Parse(Address().Replace(answer, "kv-prod.vault.azure.net")));
        var sorted = new JsonObject(
            Known.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone()))
        );
        System.IO.File.WriteAllText(File, sorted.ToJsonString(Indented) + "\n");
    }

    /// <summary>One item of each list is enough.</summary>
    private static JsonNode? Short(JsonNode? node) =>
        node switch
        {
            JsonArray list => new JsonArray([.. list.Take(1).Select(Short)]),
            JsonObject form => new JsonObject(form.Select(m => KeyValuePair.Create(m.Key, Short(m.Value)))),
            _ => node?.DeepClone(),
        };

    /// <summary>The address of a vault of the local world, also in the form of a row.</summary>
    [GeneratedRegex(@"(?:127\.0\.0\.1|localhost)[:_]\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
