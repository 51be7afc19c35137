using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Rekey.Functions.Security;

namespace Rekey.Functions.Tests;

/// <summary>docs/reference/endpoints.md has a line for each function, and says of it what its attributes say.</summary>
public sealed partial class EndpointReferenceTests
{
    [Fact]
    public void The_page_lists_every_function_as_it_is()
    {
        var page = File.ReadAllLines(Path.Combine(Repository, "docs", "reference", "endpoints.md"))
            .Select(l => Row().Match(l)).Where(m => m.Success)
            .Select(m => $"{m.Groups["name"]} | {m.Groups["how"]}".TrimEnd());
        Assert.Equal(BuiltFunction.All.Select(f => $"{f.Name} | {How(f)}").Order(StringComparer.Ordinal),
            page.Order(StringComparer.Ordinal));
    }

    private static string Repository =>
        typeof(EndpointReferenceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryFolder").Value!;

    private static string How(BuiltFunction function) => function.TriggerType switch
    {
        "httpTrigger" => $"`{function.Method} /{Constraint().Replace(function.Route, "")}` | {Who(function)}",
        "queueTrigger" => $"`{function.Trigger.GetProperty("queueName")}` | `{function.Trigger.GetProperty("connection")}`",
        _ => $"`{function.Trigger.GetProperty("schedule")}`",
    };

    private static string Who(BuiltFunction function)
    {
        var dot = function.EntryPoint.LastIndexOf('.');
        var method = typeof(FunctionAccess).Assembly.GetType(function.EntryPoint[..dot])!.GetMethod(function.EntryPoint[(dot + 1)..])!;
        return method.GetCustomAttribute<AuthorizeAttribute>()?.Roles is { } roles
            ? string.Join(", ", roles.Split(',').Order(StringComparer.Ordinal)) : "anyone";
    }

    /// <summary>A row of one of the page's tables, without what it says in words.</summary>
    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<how>.+?) \| [^|]*\|$", RegexOptions.None, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@":regex\(.*?\\z\)(?=\})", RegexOptions.None, 1000)]
    private static partial Regex Constraint();
}
