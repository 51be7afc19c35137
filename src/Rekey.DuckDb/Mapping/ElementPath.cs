namespace Rekey.DuckDb.Mapping;

/// <summary>A step of a path that chooses an element of a list by one of its members: <c>[type=access_token]</c>.</summary>
internal sealed record ElementPath(string Name, string Value)
{
    /// <summary>Stands for any element.</summary>
    public const string Any = "[]";

    /// <summary>Returns null for the name of a member.</summary>
    public static ElementPath? Parse(string step) =>
        step is ['[', .. var inner, ']'] && inner.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? new(inner[..at], inner[(at + 1)..])
            : null;
}
