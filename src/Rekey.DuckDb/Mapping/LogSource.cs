using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Mapping;

/// <summary>One source of a stream: files with the same columns.</summary>
/// <param name="At">Its place in the map, for messages.</param>
/// <param name="Columns">The source of each column of the view.</param>
internal sealed record LogSource(string At, IReadOnlyDictionary<string, ColumnSource> Columns)
{
    /// <summary>The name of the map, for messages.</summary>
    public string Map { get; init; } = "";

    /// <summary>The files that it reads; null for the files that have its columns.</summary>
    public FilePatterns? Files { get; init; }

    /// <summary>The conditions of the rows to judge; all must hold.</summary>
    public IReadOnlyList<RowFilter> Where { get; init; } = [];

    /// <summary>The column with a token; null if there is none.</summary>
    public ColumnSource? Token { get; init; }

    /// <summary>The delimiter of CSV files.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>All paths to read from a file, those that a person named first.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths =>
        Columns
            .Values.OrderByDescending(c => c.IsGiven)
            .SelectMany(c => c.Paths)
            .Concat(Where.Select(w => w.Column))
            .Concat(Token?.Paths ?? [])
            .Where(p => !TokenColumns.Has(p));

    /// <summary>The columns that files must have, by their place in the map.</summary>
    public IEnumerable<(string At, ColumnSource Column)> Given =>
        Columns
            .Where(c => c.Value is { IsGiven: true, Constant: null, Folder: null } && c.Value.Paths.Any())
            .Select(c => ($"{At}.{c.Key}", c.Value))
            .Concat(Where.Where(w => w.Exists is null).Select(w => ($"{At}.where", new ColumnSource(w.Column))))
            .Concat(Token is null ? [] : [($"{At}.token", Token)])
            .Where(c => c.Item2.Paths.All(p => !TokenColumns.Has(p)));

    /// <summary>The source for one file: what comes from its folders is a constant of it.</summary>
    public LogSource For(LogFile file) =>
        Columns.Values.All(c => c.Folder is null)
            ? this
            : this with
            {
                Columns = Columns.ToDictionary(
                    c => c.Key,
                    c => c.Value.Folder is { } folder ? c.Value with { Constant = Value(file, folder) } : c.Value,
                    StringComparer.Ordinal
                ),
            };

    /// <summary>The value of a folder <c>name=value</c>, the nearest to the file; null if there is none.</summary>
    private static string? Value(LogFile file, string folder) =>
        file.Name.Split('/', '\\')[..^1].LastOrDefault(part => part.StartsWith($"{folder}=", StringComparison.Ordinal)) is { } found
            ? Uri.UnescapeDataString(found[(folder.Length + 1)..])
            : null;
}
