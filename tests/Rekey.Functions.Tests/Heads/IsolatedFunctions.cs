using System.Text.Json;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Rekey.Functions.Tests;

/// <summary>The isolated worker's functions: the attributes in its source, which needs none of the worker's packages to be read. What is not plain text there is refused, not passed over.</summary>
public static class IsolatedFunctions
{
    /// <summary>The source, by the path of each file.</summary>
    public static IReadOnlyDictionary<string, string> Source(string repository)
    {
        var folder = Path.Combine(repository, "src", "Rekey.Functions.Isolated");
        return Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj"))
            .ToDictionary(f => f, f => File.ReadAllText(Path.Combine(folder, f)), StringComparer.Ordinal);
    }

    public static IReadOnlyList<DeclaredFunction> Parse(IEnumerable<string> source) =>
        [.. from text in source
            from method in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            let function = Attributes(method.AttributeLists).SingleOrDefault(a => NameOf(a) == "Function")
            where function is not null
            select Read(method, function)];

    private static DeclaredFunction Read(MethodDeclarationSyntax method, AttributeSyntax function)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var other in Attributes(method.AttributeLists).Where(a => a != function))
        {
            facts[$"attribute {NameOf(other)}"] = other.ToString();
        }

        foreach (var (parameter, attribute) in method.ParameterList.Parameters.SelectMany(p => Attributes(p.AttributeLists).Select(a => (p, a))))
        {
            if (!NameOf(attribute).EndsWith("Trigger", StringComparison.Ordinal))
            {
                facts[$"attribute {NameOf(attribute)}"] = attribute.ToString();
                continue;
            }

            facts["trigger"] = JsonNamingPolicy.CamelCase.ConvertName(NameOf(attribute));
            ReadArguments(attribute, facts);
            facts["calls"] = Calls(method, parameter);
        }

        // What the worker's generator adds: without it an HTTP function would have no reply.
        if (facts.GetValueOrDefault("trigger") == "httpTrigger")
        {
            facts["binding http"] = "out";
        }

        return new(Text(function.ArgumentList!.Arguments.Single().Expression), facts);
    }

    private static void ReadArguments(AttributeSyntax attribute, Dictionary<string, string> facts)
    {
        var methods = new List<string>();
        foreach (var argument in attribute.ArgumentList?.Arguments ?? [])
        {
            var text = Text(argument.Expression);
            if (argument.NameEquals?.Name.Identifier.Text is { } name)
            {
                var (fact, value) = (name, text) switch
                {
                    ("IsBatched", "true") => ("cardinality", "many"),
                    ("IsBatched", _) => ("cardinality", "one"),
                    _ => (JsonNamingPolicy.CamelCase.ConvertName(name), text),
                };
                facts[fact] = value;
                continue;
            }

            switch (facts["trigger"])
            {
                case "timerTrigger":
                    facts["schedule"] = text;
                    break;
                case "queueTrigger":
                    facts["queueName"] = text;
                    break;
                case "httpTrigger" when argument.Expression is MemberAccessExpressionSyntax:
                    facts["authLevel"] = text;
                    break;
                case "httpTrigger":
                    methods.Add(text);
                    break;
                default:
                    throw new NotSupportedException($"{attribute} cannot be read: say here what its argument means.");
            }
        }

        if (methods.Count > 0)
        {
            facts["methods"] = string.Join(' ', methods.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>The one call: the app's HTTP pipeline with the request's context, or the runner with an invocation and the trigger's value.</summary>
    private static string Calls(MethodDeclarationSyntax method, ParameterSyntax trigger) =>
        method.ExpressionBody?.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "RunAsync" } called } call
            ? (called.Expression.ToString(), call.ArgumentList.Arguments.Select(a => a.ToString()).ToList()) switch
            {
                ("pipeline", [var context]) when context == $"{trigger.Identifier.Text}.HttpContext" => "HttpPipeline",
                ("runner", [var invocation, var value, "cancel"]) when value == trigger.Identifier.Text => invocation,
                _ => call.ToString(),
            }
            : $"{method.ExpressionBody}{method.Body}";

    private static string Text(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } name => name.ArgumentList.Arguments.Single().ToString().Split('.')[^1],
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "AuthorizationLevel" } } level => JsonNamingPolicy.CamelCase.ConvertName(level.Name.Identifier.Text),
        _ => throw new NotSupportedException($"{expression} cannot be read without compiling it: write it out."),
    };

    private static IEnumerable<AttributeSyntax> Attributes(IEnumerable<AttributeListSyntax> lists) => lists.SelectMany(l => l.Attributes);

    private static string NameOf(AttributeSyntax attribute)
    {
        var name = attribute.Name.ToString().Split('.')[^1];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }
}
