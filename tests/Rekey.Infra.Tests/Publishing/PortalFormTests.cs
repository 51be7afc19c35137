using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>The form behind the Deploy button: it gives the template what the template takes, and refers to what it has.</summary>
public sealed partial class PortalFormTests
{
    /// <summary>Elements that a form may have (Microsoft Learn, "Form view elements"), of those that are used here.</summary>
    private static readonly string[] Elements =
    [
        "Microsoft.Common.DropDown",
        "Microsoft.Common.EditableGrid",
        "Microsoft.Common.InfoBox",
        "Microsoft.Common.LocationSelector",
        "Microsoft.Common.SubscriptionSelector",
        "Microsoft.Common.TextBox",
    ];

    /// <summary>What each element that is an object gives.</summary>
    private static readonly Dictionary<string, string[]> Given = new(StringComparer.Ordinal)
    {
        ["Microsoft.Common.SubscriptionSelector"] = ["subscriptionId", "displayName", "tenantId"],
        ["Microsoft.Common.LocationSelector"] = ["name", "displayName"],
    };

    private static readonly JsonObject Form = JsonNode
        .Parse(File.ReadAllText(Path.Combine(Bicep.Infra, "portal", "form.json")))!
        .AsObject();

    private static JsonObject View => Form["view"]!.AsObject();

    private static JsonObject Outputs => View["outputs"]!.AsObject();

    [Fact]
    public void It_has_the_shape_of_a_form_for_a_subscription()
    {
        Assert.Equal(
            "https://schema.management.azure.com/schemas/2021-09-09/uiFormDefinition.schema.json#",
            Form["$schema"]!.GetValue<string>()
        );
        Assert.Equal("Form", View["kind"]!.GetValue<string>());
        Assert.NotEmpty(View["properties"]!["title"]!.GetValue<string>());
        Assert.Equal(["kind", "location", "parameters", "subscriptionId"], Outputs.Select(o => o.Key).Order(StringComparer.Ordinal));
        Assert.Equal("Subscription", Outputs["kind"]!.GetValue<string>());
        Assert.All(Steps(), step =>
        {
            Assert.True(step["label"] is not null && step["elements"]!.AsArray().Count > 0, step["name"]!.GetValue<string>());
            Assert.All(step["elements"]!.AsArray(), e => Assert.Contains(e!["type"]!.GetValue<string>(), Elements, StringComparer.Ordinal));
        });
        var names = Steps().SelectMany(s => s["elements"]!.AsArray().Select(e => $"{s["name"]}.{e!["name"]}")).ToList();
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task It_gives_every_parameter_that_must_be_given_and_none_that_there_is_not()
    {
        var parameters = (await CompiledTemplate.ReadAsync())["parameters"]!.AsObject();
        var given = Outputs["parameters"]!.AsObject().Select(p => p.Key).ToList();
        Assert.Empty(given.Except(parameters.Select(p => p.Key), StringComparer.Ordinal));
        var needed = parameters
            .Where(p => p.Value!["defaultValue"] is null && p.Value["nullable"]?.GetValue<bool>() != true)
            .Select(p => p.Key);
        Assert.Empty(needed.Except(given, StringComparer.Ordinal));
    }

    /// <summary>The button is for looking: neither production nor a size that could change something.</summary>
    [Fact]
    public void It_can_deploy_nothing_but_the_size_that_observes()
    {
        var parameters = Outputs["parameters"]!.AsObject();
        Assert.Equal("observe", parameters["size"]!.GetValue<string>());
        Assert.False(parameters["production"]!.GetValue<bool>());
        Assert.DoesNotContain(parameters, p => p.Key is "modes" or "vaults" or "app" or "access");
    }

    [Fact]
    public void It_refers_to_elements_that_it_has()
    {
        var elements = Steps()
            .SelectMany(s => s["elements"]!.AsArray().Select(e => (Path: $"{s["name"]}.{e!["name"]}", Type: e["type"]!.GetValue<string>())))
            .ToDictionary(e => e.Path, e => e.Type, StringComparer.Ordinal);
        var expressions = Texts(Form).Where(t => t.StartsWith('[') && t.EndsWith(']')).ToList();
        var references = expressions.SelectMany(e => Reference().Matches(e)).ToList();
        Assert.True(references.Count >= 6, "the references were not found");
        Assert.All(references, r =>
        {
            var path = $"{r.Groups["step"].Value}.{r.Groups["element"].Value}";
            Assert.Contains(path, elements.Keys);
            var inner = r.Groups["inner"].Value;
            Assert.Equal(Given.ContainsKey(elements[path]), inner.Length > 0);
            Assert.True(inner.Length == 0 || Given[elements[path]].Contains(inner, StringComparer.Ordinal), r.Value);
        });
        Assert.DoesNotContain(expressions, e => e.Contains("basics(", StringComparison.Ordinal));
    }

    /// <summary>Rows of the grid become JSON by text: evaluated here for a row, the text is what the template's type asks for.</summary>
    [Fact]
    public async Task A_row_of_the_grid_becomes_an_issuer_of_the_template()
    {
        var columns = Columns();
        var row = columns.ToDictionary(c => c["id"]!.GetValue<string>(), _ => "x", StringComparer.Ordinal);
        var kinds = columns.Single(c => c["id"]!.GetValue<string>() == "kind")["element"]!["constraints"]!["allowedValues"]!.AsArray();
        var template = await CompiledTemplate.ReadAsync();
        var type = CompiledTemplate.Resolved(template, template["parameters"]!["issuers"]!["items"]!);
        var properties = type["properties"]!.AsObject();
        foreach (var kind in kinds)
        {
            row["kind"] = kind!["value"]!.GetValue<string>();
            var issuer = Issuer(row);
            Assert.Empty(issuer.Select(p => p.Key).Except(properties.Select(p => p.Key), StringComparer.Ordinal));
            Assert.Empty(
                properties
                    .Where(p => p.Value!["nullable"]?.GetValue<bool>() != true)
                    .Select(p => p.Key)
                    .Except(issuer.Select(p => p.Key), StringComparer.Ordinal)
            );
            var key = CompiledTemplate.Resolved(template, properties["key"]!)["properties"]!;
            Assert.All(issuer["key"]!.AsObject(), p =>
                Assert.Contains(p.Value!.ToJsonString(), key[p.Key]!["allowedValues"]!.AsArray().Select(v => v!.ToJsonString()))
            );
        }

        // No column takes a character that would end a text of JSON.
        Assert.All(columns.Where(c => c["element"]!["type"]!.GetValue<string>() == "Microsoft.Common.TextBox"), c =>
        {
            var rule = c["element"]!["constraints"]!["validations"]!.AsArray().Single()!["regex"]!.GetValue<string>();
            Assert.All((string[])["a\"b", "a\\b", "https://a\"b", "https://a\\b"], bad => Assert.DoesNotMatch(rule, bad));
        });
    }

    /// <summary>Filled in as its hints say, it asks for something that the template refuses in no way.</summary>
    [Fact]
    public async Task What_it_gives_the_template_takes()
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "shop",
            ["issuer"] = "https://login.contoso.example/shop",
            ["audience"] = "api://shop",
            ["jwks"] = "https://keys.contoso.example/jwks.json",
            ["vault"] = "kv-contoso-tokens",
            ["group"] = "rg-contoso-keys",
            ["key"] = "token-signing",
            ["kind"] = "\"kty\":\"RSA-HSM\",\"size\":3072",
            ["custodian"] = "00000000-0000-4000-8000-0000000c0001",
        };
        var given = new Dictionary<string, JsonNode>(StringComparer.Ordinal)
        {
            ["environmentName"] = "dev",
            ["location"] = "westeurope",
            ["audience"] = "api://rekey-dev",
            ["alerts"] = new JsonObject { ["receivers"] = new JsonArray("security@contoso.example") },
            ["issuers"] = new JsonArray(Issuer(row)),
        };
        var lines = Outputs["parameters"]!
            .AsObject()
            .Select(p => $"param {p.Key} = json('{(given.GetValueOrDefault(p.Key) ?? p.Value!).ToJsonString()}')");
        using var copy = new InfraCopy();
        await File.WriteAllLinesAsync(
            Path.Combine(copy.Folder, "form.bicepparam"),
            lines.Prepend("using 'main.bicep'"),
            TestContext.Current.CancellationToken
        );
        var (exit, output) = await copy.EvaluateAsync("form");
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync("form");
        Assert.Single(estate.Of("Microsoft.Web/sites"));
        Assert.Empty(estate.Of("Microsoft.Network/virtualNetworks"));
    }

    [Fact]
    public async Task Terraform_gives_the_same_parameters()
    {
        var terraform = await File.ReadAllTextAsync(
            Path.Combine(Bicep.Infra, "terraform", "main.tf"),
            TestContext.Current.CancellationToken
        );
        var given = Value().Matches(terraform).Select(m => m.Groups["name"].Value).Order(StringComparer.Ordinal);
        Assert.Equal(Outputs["parameters"]!.AsObject().Select(p => p.Key).Where(p => p != "alerts").Order(StringComparer.Ordinal), given);
    }

    private static List<JsonNode> Columns() =>
        [
            .. Steps().SelectMany(s => s["elements"]!.AsArray()).Single(e => e!["name"]!.GetValue<string>() == "issuers")!["constraints"]![
                "columns"
            ]!
                .AsArray()
                .Select(c => c!),
        ];

    /// <summary>What the form's expression makes of a row, by its texts and its columns in their order.</summary>
    private static JsonObject Issuer(Dictionary<string, string> row)
    {
        var expression = Outputs["parameters"]!["issuers"]!.GetValue<string>();
        var concat = expression[(expression.IndexOf("concat(", StringComparison.Ordinal) + "concat(".Length)..^")))]".Length];
        var parts = Part().Matches(concat).Select(m => m.Groups["column"].Success ? row[m.Groups["column"].Value] : m.Groups["text"].Value);
        return JsonNode.Parse(string.Concat(parts))!.AsObject();
    }

    private static IEnumerable<JsonNode> Steps() => View["properties"]!["steps"]!.AsArray().Select(s => s!);

    private static IEnumerable<string> Texts(JsonNode? node) =>
        node switch
        {
            JsonObject form => form.SelectMany(p => Texts(p.Value)),
            JsonArray list => list.SelectMany(Texts),
            JsonValue value when value.TryGetValue<string>(out var text) => [text],
            _ => [],
        };

    [GeneratedRegex(@"steps\('(?<step>\w+)'\)\.(?<element>\w+)(\.(?<inner>\w+))?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"'(?<text>[^']*)'|row\.(?<column>\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Part();

    [GeneratedRegex(@"^\s+(?<name>\w+)\s+= \{ value = ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Value();
}
