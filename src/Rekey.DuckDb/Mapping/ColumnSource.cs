namespace Rekey.DuckDb.Mapping;

/// <summary>The source of one view column.</summary>
/// <param name="Path">A column, and the path into it if it is nested; empty if there is none.</param>
/// <param name="Constant">A constant value for every row.</param>
/// <param name="TimeZone">The zone of times without an offset, as IANA names it; null for UTC.</param>
/// <param name="Separator">What separates audiences, beside blanks, commas and semicolons; null for nothing else.</param>
internal sealed record ColumnSource(
    IReadOnlyList<string> Path,
    string? Constant = null,
    SourceForm Form = SourceForm.Plain,
    string? TimeZone = null,
    string? Separator = null
)
{
    /// <summary>Several columns: the first that has a value in a row is taken.</summary>
    public IReadOnlyList<IReadOnlyList<string>> FirstOf { get; init; } = [];

    /// <summary>Texts and columns to put together; a row without one of the columns has no value.</summary>
    public IReadOnlyList<TemplatePart> Template { get; init; } = [];

    /// <summary>The name of a folder of the file's path: the value of <c>Iss</c> is <c>x</c> below the folder <c>Iss=x</c>.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether a person named it, so that files must have it.</summary>
    public bool IsGiven { get; init; }

    /// <summary>All paths that it reads.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths =>
        Path.Count > 0 ? [Path] : FirstOf.Concat(Template.Select(t => t.Path).OfType<IReadOnlyList<string>>());

    /// <summary>Whether a file that has the columns <paramref name="has"/> has a value for it.</summary>
    public bool IsIn(Func<IReadOnlyList<string>, bool> has) =>
        Constant is not null
        || (
            FirstOf.Count > 0 ? FirstOf.Any(has)
            : Template.Count > 0 ? Template.Where(t => t.Path is not null).All(t => has(t.Path!))
            : Path.Count > 0 && has(Path)
        );
}
