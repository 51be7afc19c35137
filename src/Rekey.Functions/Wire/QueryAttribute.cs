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
}
