using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>The pages about the template: one with every parameter, type and output, and one a module, with the descriptions of the
/// template. A type that only modules use is named and not described.</summary>
internal static partial class TemplateReference
{
    private static readonly HashSet<string> None = [];

    /// <summary>The pages by their paths in <c>docs/reference</c>.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> WriteAsync()
    {
        var main = await CompiledTemplate.ReadAsync();
        var modules = Modules("main.bicep", main)
            .DistinctBy(m => m.Path, StringComparer.Ordinal)
            .OrderBy(m => m.Path, StringComparer.Ordinal)
            .ToList();
        var pages = modules.ToDictionary(m => PageOf(m.Path), m => Page(m.Path, m.Template), StringComparer.Ordinal);
        pages.Add("template.md", Page(main, [.. modules.Select(m => m.Path)]));
        return pages;
    }

    /// <summary>The page of a module; <c>modules/vault.bicep</c> has <c>modules/vault.md</c>.</summary>
    public static string PageOf(string module) => Path.ChangeExtension(module, ".md");

    /// <summary>What has no description: parameters, types that they lead to, and members of those.</summary>
    public static IEnumerable<string> Undescribed(JsonObject template) =>
        template["parameters"]!
            .AsObject()
            .Concat(Reached(template).Select(t => KeyValuePair.Create(t, template["definitions"]![t])))
            .SelectMany(p =>
                (p.Value!["properties"]?.AsObject() ?? [])
                    .Select(m => (Name: $"{Short(p.Key)}.{m.Key}", Of: m.Value!))
                    .Prepend((Name: Short(p.Key), Of: p.Value))
            )
            .Where(p => Described(template, p.Of).Length == 0)
            .Select(p => p.Name);

    private static string Page(string path, JsonObject template)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {path}\n\n{Heading(path)}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"[infra/{path}](../../../infra/{path}), a module of [the template](../template.md). ");
        page.Append("Written from its descriptions by a test (`REKEY_WRITE_DOCS=1`, class `TemplateReferenceTests`).\n\n## Parameters\n\n");
        Parameters(page, template, None);
        if (template["outputs"] is JsonObject { Count: > 0 })
        {
            page.Append("\n## Outputs\n\n");
            Outputs(page, template, None);
        }

        return page.ToString();
    }

    private static string Page(JsonObject main, IReadOnlyList<string> modules)
    {
        var listed = Reached(main);
        var names = listed.Select(Short).ToHashSet(StringComparer.Ordinal);
        var page = new StringBuilder();
        page.Append("# The template\n\n");
        page.Append(
            "Written from the descriptions in `infra` by a test (`REKEY_WRITE_DOCS=1`, class `TemplateReferenceTests`). "
                + "How to deploy: [infra](../../infra/README.md).\n\n"
        );
        page.Append("## Parameters\n\nOf `infra/main.bicep`. A parameter without a default must be given.\n\n");
        Parameters(page, main, names);
        page.Append("\n## Types\n");
        foreach (var name in listed)
        {
            var type = main["definitions"]![name]!.AsObject();
            page.Append(CultureInfo.InvariantCulture, $"\n### {Short(name)}\n\n");
            if (Description(type) is { Length: > 0 } what)
            {
                page.Append(what).Append("\n\n");
            }

            if (type["properties"] is JsonObject { Count: > 0 } properties)
            {
                page.Append("| property | type | what it is |\n| --- | --- | --- |\n");
                foreach (var (property, of) in properties)
                {
                    var kind = Type(of!.AsObject(), names);
                    page.Append(CultureInfo.InvariantCulture, $"| `{property}` | {kind} | {Described(main, of)} |\n");
                }
            }
            else
            {
                page.Append(CultureInfo.InvariantCulture, $"{Type(type, names)}\n");
            }
        }

        page.Append("\n## Outputs\n\n");
        Outputs(page, main, names);
        page.Append("\n## Modules\n\n| module | what it is for |\n| --- | --- |\n");
        foreach (var path in modules)
        {
            page.Append(CultureInfo.InvariantCulture, $"| [{path}]({PageOf(path)}) | {Escaped(Heading(path))} |\n");
        }

        return page.ToString();
    }

    /// <summary>The modules that a compiled template carries, each by the file that it was compiled from, and theirs.</summary>
    private static IEnumerable<(string Path, JsonObject Template)> Modules(string file, JsonObject template)
    {
        var source = File.ReadAllText(Path.Combine(Bicep.Infra, file));
        foreach (Match module in Module().Matches(source))
        {
            var path = Path.GetRelativePath(
                    Bicep.Infra,
                    Path.GetFullPath(Path.Combine(Bicep.Infra, Path.GetDirectoryName(file)!, module.Groups["path"].Value))
                )
                .Replace('\\', '/');
            var inner = template["resources"]![module.Groups["name"].Value]!["properties"]!["template"]!.AsObject();
            yield return (path, inner);
            foreach (var below in Modules(path, inner))
            {
                yield return below;
            }
        }
    }

    private static void Parameters(StringBuilder page, JsonObject template, HashSet<string> listed)
    {
        page.Append("| parameter | type | default | what it is |\n| --- | --- | --- | --- |\n");
        foreach (var (name, of) in template["parameters"]!.AsObject())
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{name}` | {Type(of!.AsObject(), listed)} | {Default(of)} | {Described(template, of)} |\n"
            );
        }
    }

    private static void Outputs(StringBuilder page, JsonObject template, HashSet<string> listed)
    {
        page.Append("| output | type | what it is |\n| --- | --- | --- |\n");
        foreach (var (name, of) in template["outputs"]!.AsObject())
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{name}` | {Type(of!.AsObject(), listed)} | {Described(template, of)} |\n");
        }
    }

    /// <summary>The definitions that parameters lead to, in the order in which they are met.</summary>
    private static List<string> Reached(JsonObject template)
    {
        var reached = new List<string>();
        Walk(template["parameters"]!);
        return reached;

        void Walk(JsonNode node)
        {
            if (node is JsonArray list)
            {
                foreach (var item in list.OfType<JsonNode>())
                {
                    Walk(item);
                }
            }
            else if (node is JsonObject form)
            {
                if (form["$ref"]?.GetValue<string>().Split('/')[^1] is { } name && !reached.Contains(name, StringComparer.Ordinal))
                {
                    reached.Add(name);
                    Walk(template["definitions"]![name]!);
                }

                foreach (var (_, child) in form.Where(c => c.Value is not null))
                {
                    Walk(child!);
                }
            }
        }
    }

    private static string Type(JsonObject of, HashSet<string> listed)
    {
        var type = of switch
        {
            _ when of["$ref"]?.GetValue<string>() is { } reference => Named(Short(reference)),
            _ when of["allowedValues"] is JsonArray values => string.Join(" or ", values.Select(v => $"`{v}`")),
            _ when of["items"] is JsonObject item => $"list of {Type(item, listed)}",
            _ when of["properties"] is JsonObject { Count: > 0 } properties =>
                $"object of {string.Join(", ", properties.Select(p => $"`{p.Key}`"))}",
            _ when of["additionalProperties"] is JsonObject values => $"object of any name: {Type(values, listed)}",
            _ => of["type"]!.GetValue<string>(),
        };
        return of["nullable"]?.GetValue<bool>() == true ? $"{type}, may be missing" : type;

        string Named(string name) => listed.Contains(name) ? $"[{name}](#{name.ToLowerInvariant()})" : name;
    }

    private static string Default(JsonNode of)
    {
        if (of["defaultValue"] is not { } value)
        {
            return of["nullable"]?.GetValue<bool>() == true ? "–" : "must be given";
        }

        var text = value.ToJsonString(Plain);
        return text is "\"\"" ? "empty" : $"`{Escaped(text)}`";
    }

    private static string Described(JsonObject template, JsonNode of)
    {
        // A parameter that says nothing itself is what its type is.
        var what = Description(of) is { Length: > 0 } own ? own : Description(CompiledTemplate.Resolved(template, of));
        (string Name, string Says)[] limits =
        [
            ("minValue", "At least"),
            ("maxValue", "At most"),
            ("minLength", "Length at least"),
            ("maxLength", "Length at most"),
        ];
        var limited = limits.Where(l => of[l.Name] is not null).Select(l => $"{l.Says} {of[l.Name]}.");
        return string.Join(' ', limited.Prepend(what).Where(t => t.Length > 0));
    }

    private static string Description(JsonNode of) => Escaped(of["metadata"]?["description"]?.GetValue<string>() ?? "");

    /// <summary>The first lines of a file say what it is for.</summary>
    private static string Heading(string path) =>
        string.Join(
            ' ',
            File.ReadLines(Path.Combine(Bicep.Infra, path))
                .TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal))
                .Select(l => l[2..].Trim())
        );

    /// <summary>Types of another file carry the number of that file.</summary>
    private static string Short(string definition) => definition.Split('/')[^1].Split('.')[^1];

    private static string Escaped(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [GeneratedRegex(@"^module (?<name>\w+) '(?<path>[^']+)'", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Module();
}
