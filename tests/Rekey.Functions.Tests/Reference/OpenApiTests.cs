using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using Json.Schema;
using Microsoft.OpenApi;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Reference;

/// <summary>docs/reference/openapi.json, which the app serves, says what the app does.</summary>
public sealed partial class OpenApiTests(RunningApp app)
{
    private const string PathOfFile = "docs/reference/openapi.json";

    private static readonly JsonObject Document = JsonNode
        .Parse(File.ReadAllText(Path.Combine(ReferencePage.Repository, PathOfFile)))!
        .AsObject();

    private static bool isExampleKnown;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each operation with the role that is tried. Its body is the example of the document.</summary>
    public static TheoryData<string, string?> Calls =>
        new()
        {
            { "GetOpenApi", null },
            { "Healthz", null },
            { "GetJwks", null },
            { "GetTrustList", "Gateway" },
            { "GetBlocklist", "Gateway" },
            { "Introspect", "Gateway" },
            { "MakeStatusList", "Gateway" },
            { "ListBlocks", "Reader" },
            { "GetBlock", "Reader" },
            { "ProposeBlock", "Operator" },
            { "ProposeUnblock", "Operator" },
            { "ReportDeparture", "DepartureReporter" },
            { "ReportWorkflowLeaver", "DepartureReporter" },
            { "SecurityEvent", null },
            { "ListDepartures", "Reader" },
            { "GetDeparture", "Reader" },
            { "ListDecisions", "Reader" },
            { "GetDecision", "Reader" },
            { "AnswerDecision", "Approver" },
            { "GetLedger", "Reader" },
            { "ListLedgerLines", "Reader" },
            { "GetLedgerSegment", "Reader" },
            { "ListCheckpoints", "Reader" },
            { "AcceptLedger", "Approver" },
            { "ListRotations", "Reader" },
            { "GetRotation", "Reader" },
            { "CancelRotation", "Approver" },
            { "Stop", "Operator" },
            { "Start", "Approver" },
            { "ListKeys", "Reader" },
            { "GetExposure", "Operator" },
            { "ListFindings", "Operator" },
            { "GetFinding", "Operator" },
            { "AcknowledgeFinding", "Operator" },
            { "Doctor", "Operator" },
            { "GetSweeps", "Reader" },
            { "RequestSweep", "Operator" },
            { "FindToken", "Operator" },
        };

    [Fact]
    public void The_document_is_what_the_functions_say() => ReferencePage.Hold("openapi.json", ApiDocument.Text());

    /// <summary>An independent reader finds nothing wrong with it, and every reference in it leads somewhere.</summary>
    [Fact]
    public void It_is_a_valid_document()
    {
        var read = OpenApiDocument.Parse(Document.ToJsonString(), OpenApiConstants.Json);
        Assert.Empty(read.Diagnostic!.Errors.Select(e => $"{e.Pointer} {e.Message}"));
        Assert.Empty(read.Diagnostic.Warnings.Select(w => $"{w.Pointer} {w.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Equal(Document["paths"]!.AsObject().Select(p => p.Key), read.Document!.Paths.Keys);
    }

    [Fact]
    public void Every_route_is_in_it_and_nothing_else()
    {
        var said = Document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key} {o.Value!["operationId"]}"));
        var there = BuiltFunction.All.Where(f => f.IsHttp).Select(f => $"{f.Method} {f.Path} {f.Name}");
        Assert.Equal(there.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_app_serves_it_to_anybody_and_not_again_to_those_who_have_it()
    {
        using var reply = await SendAsync(HttpMethod.Get, "/openapi.json", role: null, body: null, etag: null);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(ReferencePage.Repository, PathOfFile), Cancel),
            await reply.Content.ReadAsStringAsync(Cancel)
        );
        using var again = await SendAsync(HttpMethod.Get, "/openapi.json", role: null, body: null, reply.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_the_app_answers_has_the_form_that_the_document_says(string operation, string? role)
    {
        var (path, method, said) = Find(operation);
        var body = ExampleOf(said);
        if (operation is "Start")
        {
            using var stopped = await SendAsync(HttpMethod.Post, "/stop", "Operator", body: null, etag: null);
        }

        foreach (var id in path.Contains("{id}", StringComparison.Ordinal) ? [await IdAsync(operation), "none"] : new[] { "" })
        {
            var address =
                path.Replace("{issuer}", "shop", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal)
                + (operation == "ProposeUnblock" ? "?reason=a+test" : "");
            var isGood = id is not "none";
            await HoldAsync(said, await SendAsync(method, address, role, body, etag: null), isGood);
            await HoldAsync(said, await SendAsync(method, address + ExampleQueryOf(said), role, body, etag: null), isGood);
            if (role is not null)
            {
                await HoldAsync(said, await SendAsync(method, address, role: null, body, etag: null), isGood: false);
            }

            if (said["requestBody"] is not null)
            {
                await HoldAsync(said, await SendAsync(method, address, role, "{\"unknown\":1}", etag: null), isGood: false);
            }
        }

        await app.StartAgainAsync(Cancel);
    }

    /// <summary>A reader can copy each example of a parameter: the app takes it, alone and with the others.</summary>
    [Fact]
    public async Task Every_example_of_a_parameter_is_taken()
    {
        foreach (var (path, operation) in Operations())
        {
            foreach (var query in ParametersOf(operation).Where(p => p["example"] is not null))
            {
                var address = path.Replace("{id}", "none", StringComparison.Ordinal);
                using var reply = await SendAsync(
                    HttpMethod.Get,
                    $"{address}?{query["name"]}={Uri.EscapeDataString(query["example"]!.ToString())}",
                    "Operator",
                    body: null,
                    etag: null
                );
                var isThere = address == path;
                Assert.True(
                    reply.StatusCode == (isThere ? HttpStatusCode.OK : HttpStatusCode.NotFound),
                    $"{address} {query["name"]}: {reply.StatusCode} {await reply.Content.ReadAsStringAsync(Cancel)}"
                );
            }
        }
    }

    /// <summary>Every body has an example, and every example has the form that the document says.</summary>
    [Fact]
    public void Every_body_has_an_example_that_fits()
    {
        foreach (var (path, operation) in Operations())
        {
            var bodies = operation["responses"]!
                .AsObject()
                .Where(r => r.Key.StartsWith('2'))
                .Select(r => r.Value!)
                .Append(operation["requestBody"])
                .SelectMany(r => r?["content"]?.AsObject() ?? [])
                .Where(c => c.Value!["schema"]!["$ref"] is not null);
            foreach (var (_, content) in bodies)
            {
                Assert.True(content!["example"] is not null, $"{path} {operation["operationId"]}: {content["schema"]} has no example.");
                Assert.Empty(ErrorsOf(content["schema"]!, content["example"]!.ToJsonString()));
            }
        }

        var used = Operations().Select(o => o.Operation.ToJsonString()).ToList();
        Assert.All(ApiExamples.Answers, a => Assert.Contains(used, o => o.Contains($"/{a}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_operation_is_called() =>
        Assert.Equal(
            BuiltFunction.All.Where(f => f.IsHttp).Select(f => f.Name).Order(StringComparer.Ordinal),
            Calls.Select(c => c.Data.Item1).Order(StringComparer.Ordinal)
        );

    /// <summary>What a function's own file reads of the query and throws stands in its attributes.</summary>
    [Fact]
    public async Task Functions_say_which_parameters_they_read_and_which_reasons_they_give()
    {
        foreach (var function in BuiltFunction.All.Where(f => f.IsHttp))
        {
            var source = await SourceAsync($"{function.EntryPoint.Split('.')[2]}/{function.Name}Function.cs");
            var (_, _, said) = Find(function.Name);
            var parameters = said["parameters"]
                ?.AsArray()
                .Where(p => p!["in"]!.GetValue<string>() == "query")
                .Select(p => p!["name"]!.GetValue<string>())
                ?? [];
            var read = Query().Matches(source).Select(m => m.Groups["name"].Value).ToList();
            if (source.Contains("new ListRequest(", StringComparison.Ordinal))
            {
                read.AddRange(["after", "limit"]);
            }

            Assert.Equal(read.Distinct().Order(StringComparer.Ordinal), parameters.Order(StringComparer.Ordinal));
            foreach (var reason in Thrown().Matches(source).Select(m => m.Groups["reason"].Value))
            {
                Assert.True(
                    said["responses"]!
                        .AsObject()
                        .Any(r => r.Value!["description"]!.GetValue<string>().Contains($"`{reason}`", StringComparison.Ordinal)),
                    $"{function.Name} does not say that it refuses with {reason}."
                );
            }
        }
    }

    private static IEnumerable<(string Path, JsonObject Operation)> Operations() =>
        Document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => (p.Key, o.Value!.AsObject())));

    private static IEnumerable<JsonNode> ParametersOf(JsonObject operation) => operation["parameters"]?.AsArray().Select(p => p!) ?? [];

    /// <summary>The example of the request, as it is sent.</summary>
    private static string? ExampleOf(JsonObject operation) =>
        operation["requestBody"]?["content"]?.AsObject().Single() is not { } content ? null
        : content.Key.EndsWith("json", StringComparison.Ordinal) ? content.Value!["example"]!.ToJsonString()
        : string.Join('&', content.Value!["example"]!.AsObject().Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value!.ToString())}"));

    /// <summary>The examples of all parameters at once.</summary>
    private static string ExampleQueryOf(JsonObject operation)
    {
        var examples = ParametersOf(operation)
            .Where(p => p["example"] is not null)
            .Select(p => $"{p["name"]}={Uri.EscapeDataString(p["example"]!.ToString())}")
            .ToList();
        return examples.Count == 0 ? "" : $"?{string.Join('&', examples)}";
    }

    private static async Task<string> SourceAsync(string path) =>
        await File.ReadAllTextAsync(Path.Combine(ReferencePage.Repository, "src/Rekey.Functions", path), Cancel);

    private static (string Path, HttpMethod Method, JsonObject Operation) Find(string operation) =>
        Document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => (p.Key, new HttpMethod(o.Key.ToUpperInvariant()), o.Value!.AsObject())))
            .Single(o => o.Item3["operationId"]!.GetValue<string>() == operation);

    /// <summary>Something that is there, where the company has one.</summary>
    private async Task<string> IdAsync(string operation)
    {
        if (operation is "GetRotation")
        {
            using var reply = await SendAsync(HttpMethod.Get, "/rotations", "Reader", body: null, etag: null);
            var all = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!["rotations"]!.AsArray();
            return all.FirstOrDefault()?["rotation"]!.GetValue<string>() ?? "none";
        }

        if (operation is "GetLedgerSegment")
        {
            return "1";
        }

        if (operation is "GetDeparture")
        {
            return await FirstAsync(HttpMethod.Post, "/departures", "Operator", """{"personId":"%person%"}""", r => r["departure"]);
        }

        if (operation is "GetDecision")
        {
            return await FirstAsync(
                HttpMethod.Post,
                "/blocks",
                "Operator",
                """{"kind":"token","issuer":"shop","value":"openapi-2","reason":"a test"}""",
                r => r["decision"]
            );
        }

        if (operation is not ("GetFinding" or "AcknowledgeFinding"))
        {
            return "none";
        }

        // A message that failed each time is a finding.
        var poisoned = new QueueClient(app.World.StateConnection, "sweeps-poison");
        await poisoned.CreateIfNotExistsAsync(cancellationToken: Cancel);
        await poisoned.SendMessageAsync("""{"sweep":"openapi"}""", Cancel);
        Assert.True((await app.World.Host.TriggerTimerAsync("KeepPoisoned", Cancel)).Succeeded);
        return await FirstAsync(HttpMethod.Get, "/findings", "Operator", null, r => r["findings"]?.AsArray().FirstOrDefault()?["id"]);
    }

    private async Task<string> FirstAsync(HttpMethod method, string path, string role, string? body, Func<JsonNode, JsonNode?> find)
    {
        using var reply = await SendAsync(method, path, role, body, etag: null);
        var found = find(JsonNode.Parse(await reply.Content.ReadAsStringAsync(Cancel))!);
        Assert.True(found is not null, $"{path} has nothing: {reply.StatusCode}");
        return found.GetValue<string>();
    }

    /// <summary>A person of a report is known to the directory.</summary>
    private string WithPerson(string body)
    {
        if (body.Contains(ApiExamples.Person, StringComparison.Ordinal) && !isExampleKnown)
        {
            isExampleKnown = true;
            app.World.Graph.AddUser(new(ApiExamples.Person, "example@contoso.example", "Somebody"));
        }

        var person = Guid.NewGuid().ToString();
        if (body.Contains("%person%", StringComparison.Ordinal))
        {
            app.World.Graph.AddUser(new(person, $"{person}@contoso.example", "Somebody"));
        }

        return body.Replace("%person%", person, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? role,
        string? body,
        EntityTagHeaderValue? etag
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(app.World.HostAddress, path));
        request.Headers.Authorization = role is null ? null : new("Bearer", app.World.TokenFor(role));
        if (etag is not null)
        {
            request.Headers.IfNoneMatch.Add(etag);
        }

        if (body is not null)
        {
            request.Content = new StringContent(
                WithPerson(body),
                Encoding.UTF8,
                body.StartsWith('{') ? "application/json" : "application/x-www-form-urlencoded"
            );
        }

        return await app.World.Http.SendAsync(request, Cancel);
    }

    /// <param name="isGood">Whether the request is one that is carried out, where what it is about is there.</param>
    private static async Task HoldAsync(JsonObject operation, HttpResponseMessage reply, bool isGood)
    {
        using (reply)
        {
            var (name, status) = (operation["operationId"]!.GetValue<string>(), (int)reply.StatusCode);
            var text = await reply.Content.ReadAsStringAsync(Cancel);
            var said = operation["responses"]![$"{status}"];
            Assert.True(said is not null, $"{name} answered {status}, which the document does not have: {text}");
            Assert.True(isGood || status >= 400, $"{name} answered {status} to a bad request.");
            var content = said["content"]!.AsObject().Single();
            Assert.Equal(content.Key, reply.Content.Headers.ContentType?.MediaType);
            if (!content.Key.EndsWith("/json", StringComparison.Ordinal) && !content.Key.EndsWith("+json", StringComparison.Ordinal))
            {
                return;
            }

            var errors = ErrorsOf(content.Value!["schema"]!, text);
            Assert.True(errors.Count == 0, $"{name} {status}: {string.Join("; ", errors)}\n{text}");
            if (status < 300 && content.Value!["schema"]!["$ref"] is { } schema)
            {
                ApiExamples.Keep(schema.GetValue<string>().Split('/')[^1], text, e => ErrorsOf(content.Value!["schema"]!, e).Count == 0);
            }
        }
    }

    /// <summary>Where the text has not the form of the schema.</summary>
    private static IReadOnlyList<string> ErrorsOf(JsonNode form, string text)
    {
        // The document leaves room for members to come; here what it does not name is a mistake.
        var schema = new JsonObject
        {
            ["$defs"] = Closed(Document["components"]!["schemas"]!),
            ["allOf"] = new JsonArray(form.DeepClone()),
        };
        using var answer = JsonDocument.Parse(text);
        var result = JsonSchema
            .FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))
            .Evaluate(answer.RootElement, new() { OutputFormat = OutputFormat.List });
        return result.IsValid
            ? []
            :
            [
                .. (result.Details ?? [])
                    .Where(d => d.Errors is not null)
                    .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Value}"))
                    .DefaultIfEmpty("It does not fit."),
            ];
    }

    private static JsonNode Closed(JsonNode node)
    {
        var copy = node.DeepClone();
        Close(copy);
        return copy;
    }

    private static void Close(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Close(item);
            }
        }
        else if (node is JsonObject form)
        {
            foreach (var (_, member) in form.ToList())
            {
                Close(member);
            }

            if (form["properties"] is JsonObject && form["type"] is not null)
            {
                form.TryAdd("additionalProperties", false);
            }
        }
    }

    [GeneratedRegex(
        "(?:Query\\[|list\\.(?:Text|Time|Choice|Choice<\\w+>)\\()\"(?<name>\\w+)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Query();

    [GeneratedRegex(
        "BadInputException\\(\\s*\"(?<reason>[a-z-]+)\"|CannotContinueException\\(\\s*\"(?<reason>[a-z-]+)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Thrown();
}
