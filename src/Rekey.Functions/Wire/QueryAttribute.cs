using System.Reflection;
using Rekey.Functions.Wire.Lists;

namespace Rekey.Functions.Wire;

/// <summary>Names a query parameter that a function reads, for the OpenAPI document.</summary>
/// <param name="name">The name in the query.</param>
/// <param name="meaning">Its meaning, in a plain sentence.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryAttribute(string name, string meaning) : Attribute
{
    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    /// <summary>Whether the function refuses a request without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>A value that the function takes; null where none fits every deployment.</summary>
    public string? Example { get; init; }

    /// <summary>All query parameters of a function; none when it reads none.</summary>
    public static IReadOnlyList<QueryAttribute> Of(MethodInfo function) =>
        [
            .. function.GetCustomAttributes<QueryAttribute>(),
            .. function.GetCustomAttribute<PagedAttribute>() is null ? [] : PagedAttribute.Parameters,
        ];
}
