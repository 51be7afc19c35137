using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Rekey.Functions.Security;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Hosting;

/// <summary>A function as functions.metadata, which is deployed, has it.</summary>
public sealed partial record BuiltFunction(string Name, string EntryPoint, JsonElement Trigger)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<BuiltFunction> All { get; } = [.. Read()];

    public string TriggerType => Trigger.GetProperty("type").GetString()!;

    public bool IsHttp => TriggerType == "httpTrigger";

    public string Route => Trigger.GetProperty("route").GetString()!;

    public HttpMethod Method => new(Trigger.GetProperty("methods").EnumerateArray().Single().GetString()!.ToUpperInvariant());

    /// <summary>The method that the host starts.</summary>
    public MethodInfo Entry
    {
        get
        {
            var dot = EntryPoint.LastIndexOf('.');
            return typeof(FunctionAccess).Assembly.GetType(EntryPoint[..dot], throwOnError: true)!.GetMethod(EntryPoint[(dot + 1)..])!;
        }
    }

    /// <summary>The roles that open it, in the order of their names; none where anybody may call it.</summary>
    public IReadOnlyList<string> Roles =>
        Entry.GetCustomAttribute<AuthorizeAttribute>()?.Roles is { } roles ? [.. roles.Split(',').Order(StringComparer.Ordinal)] : [];

    /// <summary>The route without the constraints of its parameters.</summary>
    public string Path => "/" + Constraint().Replace(Route, "");

    [GeneratedRegex(@":regex\(.*?\\z\)(?=\})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Constraint();

    private static IEnumerable<BuiltFunction> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(FunctionApp.BuiltFolder, "functions.metadata")));
        foreach (var function in file.RootElement.EnumerateArray())
        {
            var trigger = function
                .GetProperty("bindings")
                .EnumerateArray()
                .Single(b => b.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
            yield return new(function.GetProperty("name").GetString()!, function.GetProperty("entryPoint").GetString()!, trigger.Clone());
        }
    }
}
