using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files.Shapes;

/// <summary>The columns of a file: the header of CSV, the schema of Parquet, the members of the first rows of JSON.</summary>
/// <param name="describe">The columns of a Parquet file.</param>
internal sealed class FileShape(LogFile file, Func<LogFile, IReadOnlyList<(string Name, string Type)>> describe)
{
    private readonly Dictionary<char, IReadOnlyList<(string Name, string Type)>> _csv = [];
    private readonly Lazy<IReadOnlyList<(string Name, string Type)>> _parquet = new(() => describe(file));
    private readonly Lazy<HashSet<string>> _json = new(() => JsonPaths.Of(JsonHead.Rows(file)));

    public LogFile File => file;

    /// <summary>The columns of CSV and Parquet with their types.</summary>
    public IReadOnlyList<(string Name, string Type)> Columns(char delimiter)
    {
        if (file.Format is not LogFormat.Csv)
        {
            return file.Format is LogFormat.Parquet ? _parquet.Value : [];
        }

        return _csv.TryGetValue(delimiter, out var known) ? known : _csv[delimiter] = CsvHeader.Read(file, delimiter);
    }

    /// <summary>The names of its columns, with the paths of nested ones.</summary>
    public IEnumerable<string> Names(char delimiter) =>
        file.Format is LogFormat.Json
            ? _json.Value.Where(p => !p.Contains(ElementPath.Any)).Select(p => p.Replace('\0', '.')).Order(StringComparer.Ordinal)
            : Columns(delimiter).Select(c => c.Name);

    /// <summary>Whether it has a column. Of a nested one in CSV and Parquet, only the first name is known.</summary>
    public bool Has(IReadOnlyList<string> path, char delimiter) =>
        file.Format is LogFormat.Json
            ? _json.Value.Contains(JsonPaths.Key(path))
            : Columns(delimiter).Any(c => c.Name.Equals(path[0], StringComparison.OrdinalIgnoreCase));
}
