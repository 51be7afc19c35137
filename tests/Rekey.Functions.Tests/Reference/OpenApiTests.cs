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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Each operation with the role that is tried and what is sent.</summary>
    public static TheoryData<string, string?, string?> Calls =>
        new()
        {
            { "GetOpenApi", null, null },
            { "Healthz", null, null },
            { "GetJwks", null, null },
            { "GetTrustList", "Gateway", null },
            { "GetBlocklist", "Gateway", null },
            { "Introspect", "Gateway", "token=x.y.z" },
            { "MakeStatusList", "Gateway", """{"bits":1,"size":8,"entries":[{"idx":0,"jti":"x"}]}""" },
            { "ListBlocks", "Reader", null },
            { "GetBlock", "Reader", null },
            { "ProposeBlock", "Operator", """{"kind":"token","issuer":"shop","value":"openapi","reason":"a test"}""" },
            { "ProposeUnblock", "Operator", null },
            { "ReportDeparture", "DepartureReporter", """{"personId":"%person%"}""" },
            { "GetDeparture", "Reader", null },
            { "ListDecisions", "Reader", null },
            { "GetDecision", "Reader", null },
            { "AnswerDecision", "Approver", """{"answer":"approve","planHash":"x"}""" },
            { "GetLedger", "Reader", null },
            {
                "AcceptLedger",
                "Approver",
                """{"lines":1,"hash":"%hash%","reason":"a test"}""".Replace("%hash%", new string('0', 64), StringComparison.Ordinal)
            },
            { "CancelRotation", "Approver", null },
            { "Stop", "Operator", null },
            { "Start", "Approver", """{"reason":"a test"}""" },
            { "ListKeys", "Reader", null },
            { "ListFindings", "Operator", null },
            { "GetFinding", "Operator", null },
            { "AcknowledgeFinding", "Operator", """{"reason":"a test"}""" },
            { "GetSweeps", "Reader", null },
            { "RequestSweep", "Operator", null },
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
    public async Task What_the_app_answers_has_the_form_that_the_document_says(string operation, string? role, string? body)
    {
        var (path, method, said) = Find(operation);
        if (operation is "Start")
        {
            using var stopped = await SendAsync(HttpMethod.Post, "/stop", "Operator", body: null, etag: null);
        }

        foreach (var id in path.Contains("{id}", StringComparison.Ordinal) ? [await IdAsync(operation), "none"] : new[] { "" })
        {
            var address =
                path.Replace("{issuer}", "shop", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal)
                + (operation == "ProposeUnblock" ? "?reason=a+test" : "");
            await HoldAsync(said, await SendAsync(method, address, role, body, etag: null), id is not "none");
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
            Assert.Equal(
                Query().Matches(source).Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal),
                parameters.Order(StringComparer.Ordinal)
            );
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

    /// <summary>Whoever is to leave is known to the directory.</summary>
    private string WithPerson(string body)
    {
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
            if (!content.Key.EndsWith("json", StringComparison.Ordinal))
            {
                return;
            }

            // The document leaves room for members to come; here what it does not name is a mistake.
            var schema = new JsonObject
            {
                ["$defs"] = Closed(Document["components"]!["schemas"]!),
                ["allOf"] = new JsonArray(content.Value!["schema"]!.DeepClone()),
            };
            using var answer = JsonDocument.Parse(text);
            var result = JsonSchema
                .FromText(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))
                .Evaluate(answer.RootElement, new() { OutputFormat = OutputFormat.List });
            var errors = (result.Details ?? [])
                .Where(d => d.Errors is not null)
                .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Value}"));
            Assert.True(result.IsValid, $"{name} {status}: {string.Join("; ", errors)}\n{text}");
        }
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

    [GeneratedRegex("Query\\[\"(?<name>\\w+)\"\\]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Query();

    [GeneratedRegex(
        "BadInputException\\(\\s*\"(?<reason>[a-z-]+)\"|CannotContinueException\\(\\s*\"(?<reason>[a-z-]+)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Thrown();
}
