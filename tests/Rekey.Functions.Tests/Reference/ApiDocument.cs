using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.WebUtilities;
using Rekey.Functions.Hosting;
using Rekey.Functions.Security;
using Rekey.Functions.Tests.Hosting;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Tests.Reference;

/// <summary>The API as an OpenAPI 3.1 document, from the functions' attributes, types and documentation.</summary>
internal static partial class ApiDocument
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text() => Make().ToJsonString(Indented) + "\n";

    private static JsonObject Make()
    {
        var schemas = new ApiSchemas();
        var paths = new JsonObject();
        foreach (
            var path in BuiltFunction
                .All.Where(f => f.IsHttp)
                .GroupBy(f => f.Path, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            paths[path.Key] = new JsonObject(
                path.OrderBy(f => f.Method.Method, StringComparer.Ordinal)
                    .Select(f => KeyValuePair.Create(f.Method.Method.ToLowerInvariant(), (JsonNode?)Operation(f, schemas)))
            );
        }

        return new()
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Rekey",
                ["version"] = typeof(StartUp).Assembly.GetName().Version!.ToString(3),
                ["description"] =
                    "Rotates signing keys when somebody leaves, and finds tokens that nobody issued. Errors are problem details "
                    + "(RFC 9457) with a stable `reason`. Every answer has the header `Rekey-State`: `running`, `stopped`, or `unknown` "
                    + "while the ledger cannot be read. A path that is not here, and a method that a path does not have, are 404 with an "
                    + "empty body, whatever the caller's role: the Functions host answers before the app.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(
                    schemas
                        .All.Append(KeyValuePair.Create("Problem", (JsonNode)ProblemForm()))
                        .Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))
                ),
                ["securitySchemes"] = new JsonObject
                {
                    ["entra"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] = "An Entra token for this app; its claim `roles` has one of the roles that the operation names.",
                    },
                    ["gatewayKey"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = GatewayKeyHandler.Header,
                        ["description"] = "The key of a gateway without Entra: it counts as the role Gateway.",
                    },
                },
            },
        };
    }

    private static JsonObject Operation(BuiltFunction function, ApiSchemas schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = function.Name,
            ["tags"] = new JsonArray(function.EntryPoint.Split('.')[2]),
            ["description"] = EndpointsPage.Does(function),
            ["security"] = Security(function.Roles),
        };
        if (Parameters(function) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (Body(function) is { } body)
        {
            var (type, contentType) = body;
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content(contentType, schemas.Request(type), JsonNode.Parse(ApiExamples.Requests[function.Name])),
            };
        }

        operation["responses"] = Responses(function, schemas);
        return operation;
    }

    private static JsonArray Security(IReadOnlyList<string> roles)
    {
        var ways = new JsonArray();
        if (roles.Count > 0)
        {
            ways.Add(new JsonObject { ["entra"] = new JsonArray([.. roles.Select(r => JsonValue.Create(r))]) });
        }

        if (roles.Contains(Roles.Gateway))
        {
            ways.Add(new JsonObject { ["gatewayKey"] = new JsonArray() });
        }

        return ways;
    }

    private static JsonArray Parameters(BuiltFunction function)
    {
        var all = new JsonArray();
        foreach (var parameter in Parameter().Matches(function.Route).Cast<Match>())
        {
            // JSON Schema speaks ECMA-262, where \z is $.
            var pattern = parameter.Groups["pattern"].Value.Replace("\\z", "$", StringComparison.Ordinal);
            all.Add(
                Of(parameter.Groups["name"].Value, "path", null, isRequired: true, new() { ["type"] = "string", ["pattern"] = pattern })
            );
        }

        foreach (var query in QueryAttribute.Of(function.Entry))
        {
            var parameter = Of(query.Name, "query", query.Meaning, query.IsRequired, SchemaOf(query));
            if (query.Example is { } example)
            {
                parameter["example"] = query.Name is "limit" ? int.Parse(example) : example;
            }

            all.Add(parameter);
        }

        if (HasETag(function))
        {
            all.Add(
                Of(
                    "If-None-Match",
                    "header",
                    "The ETag of an earlier answer: 304 while it is still the same.",
                    isRequired: false,
                    new() { ["type"] = "string" }
                )
            );
        }

        return all;

        static JsonObject SchemaOf(QueryAttribute query) =>
            query.Name is "limit"
                ? new()
                {
                    ["type"] = "integer",
                    ["minimum"] = 1,
                    ["maximum"] = ListRequest.MostItems,
                    ["default"] = ListRequest.MostItems,
                }
                : new() { ["type"] = "string" };

        static JsonObject Of(string name, string place, string? meaning, bool isRequired, JsonObject schema)
        {
            var parameter = new JsonObject
            {
                ["name"] = name,
                ["in"] = place,
                ["required"] = isRequired,
                ["schema"] = schema,
            };
            if (meaning is not null)
            {
                parameter.Insert(2, "description", meaning);
            }

            return parameter;
        }
    }

    private static JsonObject Responses(BuiltFunction function, ApiSchemas schemas)
    {
        var all = new SortedDictionary<int, JsonObject>();
        foreach (var answer in function.Entry.GetCustomAttributes<ProducesResponseTypeAttribute>())
        {
            var response = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(answer.StatusCode) };
            if (HasETag(function))
            {
                response["headers"] = Header("ETag", "Names this state of the document.");
            }

            if (function.Entry.GetCustomAttribute<PagedAttribute>() is not null)
            {
                response["headers"] = Header("Link", "The address of the next page, with `rel=\"next\"` (RFC 8288); absent on the last.");
            }

            if (answer.Type != typeof(void))
            {
                response["content"] = Content(ContentTypeOf(answer), schemas.Answer(answer.Type), ApiExamples.Answer(answer.Type.Name));
            }

            all.Add(answer.StatusCode, response);
        }

        foreach (var (status, reasons) in Problems(function).GroupBy(p => p.Status, p => p.Reason).Select(g => (g.Key, g.ToList())))
        {
            // What a vault, a log or a row says of itself is a reason too: of 422 there are more than an operation can name.
            var form =
                status == 422
                    ? Reference()
                    : new JsonObject
                    {
                        ["allOf"] = new JsonArray(
                            Reference(),
                            new JsonObject
                            {
                                ["properties"] = new JsonObject
                                {
                                    ["reason"] = new JsonObject { ["enum"] = new JsonArray([.. reasons.Select(r => JsonValue.Create(r))]) },
                                },
                            }
                        ),
                    };
            var response = new JsonObject
            {
                ["description"] =
                    $"{ReasonPhrases.GetReasonPhrase(status)}: "
                    + $"{string.Join(", ", reasons.Select(r => $"`{r}`"))}"
                    + $"{(status == 422 ? ", or another reason; `detail` says what to do" : "")}",
            };
            if (status == 503)
            {
                response["headers"] = Header("Retry-After", "Seconds, where it is known how long it takes.");
            }

            response["content"] = Content(ProblemJson, form);
            Assert.True(all.TryAdd(status, response) || status == 503, $"{function.Name} answers {status} in two ways.");
        }

        return new(all.Select(r => KeyValuePair.Create($"{r.Key}", (JsonNode?)r.Value)));
    }

    /// <summary>What a function says that it refuses, and what stands around every function.</summary>
    private static IEnumerable<(int Status, string Reason)> Problems(BuiltFunction function)
    {
        var body = Body(function);
        if (body is { ContentType: Json })
        {
            yield return (400, "malformed-json");
            yield return (415, "not-json");
        }

        if (body is not null)
        {
            yield return (400, "bad-request");
            yield return (413, "too-large");
        }

        if (QueryAttribute.Of(function.Entry).Count > 0)
        {
            yield return (400, "unknown-parameter");
        }

        if (function.Entry.GetCustomAttribute<PagedAttribute>() is not null)
        {
            foreach (var reason in PagedAttribute.Reasons)
            {
                yield return (400, reason);
            }
        }

        if (function.Roles.Count > 0)
        {
            yield return (401, "not-authenticated");
            yield return (403, "not-allowed");
        }

        foreach (
            var problem in function.Entry.GetCustomAttributes<ProblemAttribute>().SelectMany(p => p.Reasons.Select(r => (p.Status, r)))
        )
        {
            yield return problem;
        }

        yield return (500, "internal");
        yield return (503, "try-later");
        if (function.Roles.Count > 0 && function.Entry.GetCustomAttributes<ProblemAttribute>().All(p => p.Status != 422))
        {
            yield return (422, "ledger-broken");
        }
    }

    private static (Type Type, string ContentType)? Body(BuiltFunction function) =>
        function.Entry.GetCustomAttribute<ConsumesAttribute>() is { } consumes
            ? (((IAcceptsMetadata)consumes).RequestType!, consumes.ContentTypes.Single())
            : null;

    private static string ContentTypeOf(ProducesResponseTypeAttribute answer)
    {
        var types = new MediaTypeCollection();
        ((IApiResponseMetadataProvider)answer).SetContentTypes(types);
        return types.SingleOrDefault() ?? Json;
    }

    private static bool HasETag(BuiltFunction function) =>
        function.Entry.GetCustomAttributes<ProducesResponseTypeAttribute>().Any(p => p.StatusCode == 304);

    private static JsonObject Content(string contentType, JsonObject schema, JsonNode? example = null)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (example is not null)
        {
            content["example"] = example;
        }

        return new() { [contentType] = content };
    }

    private static JsonObject Header(string name, string meaning) =>
        new()
        {
            [name] = new JsonObject
            {
                ["description"] = meaning,
                ["schema"] = new JsonObject { ["type"] = "string" },
            },
        };

    private static JsonObject Reference() => new() { ["$ref"] = "#/components/schemas/Problem" };

    private static JsonObject ProblemForm()
    {
        static JsonObject Member(string type, string meaning) => new() { ["description"] = meaning, ["type"] = type };
        return new()
        {
            ["description"] = "Problem details (RFC 9457).",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["type"] = Member("string", "A URI of the status."),
                ["title"] = Member("string", "What is wrong."),
                ["status"] = Member("integer", "The HTTP status."),
                ["detail"] = Member("string", "What is wrong with this request, or what to do."),
                ["reason"] = Member("string", "A stable code."),
                ["traceId"] = Member("string", "The W3C trace id, by which the log is searched."),
            },
            ["required"] = new JsonArray("title", "status", "reason", "traceId"),
        };
    }

    [GeneratedRegex(@"\{(?<name>\w+):regex\((?<pattern>.*?\\z)\)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
