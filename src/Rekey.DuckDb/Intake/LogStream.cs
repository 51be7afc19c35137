using Rekey.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>A view, and the sources of its files.</summary>
/// <param name="Oldest">The oldest time to judge: earlier rows are bad. Null for no limit.</param>
internal sealed record LogStream(IReadOnlyList<ViewColumn> Columns, IReadOnlyList<LogSource> Sources, DateTimeOffset? Oldest = null)
{
    /// <summary>The view's columns by name.</summary>
    public string Names => string.Join(", ", Columns.Select(c => SqlText.Name(c.Name)));

    /// <summary>The columns with their types, as a table has them.</summary>
    public string TableColumns =>
        string.Join(
            ", ",
            Columns
                .Select(c => $"{SqlText.Name(c.Name)} {c.Type.Sql}")
                .Append($"{ViewReading.HasTime} BOOLEAN")
                .Concat(new[] { ViewReading.Bad, ViewReading.Damage, ViewReading.File }.Select(c => $"{c} VARCHAR"))
        );

    /// <summary>Whether it is the view of issuances.</summary>
    public bool IsIssuance => ReferenceEquals(Columns, LogViews.TokenIssuance);

    /// <summary>The delimiter of a CSV file, which may be damaged.</summary>
    public char DelimiterOf(LogFile file)
    {
        try
        {
            return (SourceOf(new(file, _ => [])) ?? Sources[0]).Delimiter;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return Sources[0].Delimiter;
        }
    }

    /// <summary>
    /// The source of a file: the first whose pattern fits, or that has no pattern and names columns that the file has. Where rows lack
    /// some of them, it is the source with the most. Null if no source reads the file.
    /// </summary>
    public LogSource? SourceOf(FileShape shape)
    {
        if (Sources is [{ Files: null } only])
        {
            return only;
        }

        var first = Sources.FirstOrDefault(s => s.Files is { } files ? files.Match(shape.File.RelativePath) : Share(s, shape) == 1);
        return first ?? Sources.Where(s => s.Files is null && Share(s, shape) > 0).MaxBy(s => Share(s, shape));
    }

    /// <summary>How many of a source's columns a file has; 0 without one that the view needs.</summary>
    private double Share(LogSource source, FileShape shape)
    {
        bool Has(ColumnSource column) => column.IsIn(p => TokenColumns.Has(p) || shape.Has(p, source.Delimiter));
        var needed = source.For(shape.File).Columns;
        if (Columns.Any(c => c.IsRequired && !Has(needed[c.Name])) || source.Token is { } token && !Has(token))
        {
            return 0;
        }

        var given = source.Given.ToList();
        return given.Count == 0 ? 1 : (1.0 + given.Count(g => Has(g.Column))) / (1.0 + given.Count);
    }
}
