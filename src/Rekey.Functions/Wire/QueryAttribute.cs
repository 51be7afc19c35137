namespace Rekey.Functions.Wire;

/// <summary>Says which parameter of the query a function reads, for the description of the API.</summary>
/// <param name="name">As it stands in the query.</param>
/// <param name="meaning">A plain sentence.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryAttribute(string name, string meaning) : Attribute
{
    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    /// <summary>Whether the request is refused without it.</summary>
    public bool IsRequired { get; init; }
}
