namespace Rekey.DuckDb.Intake;

/// <summary>The result of reading one stream.</summary>
/// <param name="Rows">Rows that can be judged.</param>
/// <param name="BadLines">Lines that cannot be judged; an unreadable file counts as one.</param>
/// <param name="BadFiles">Unreadable files, of which nothing is judged.</param>
/// <param name="Sample">The first bad lines.</param>
/// <param name="Ignored">Skipped files: files below a given folder with an unsupported extension, and files beyond the budget of a
/// look-up.</param>
public sealed record LogReading(
    int Files,
    long Rows,
    long BadLines,
    int BadFiles,
    IReadOnlyList<BadInput> Sample,
    IReadOnlyList<string> Ignored
)
{
    /// <summary>Rows that the map's conditions take out: they are not judged, and not bad.</summary>
    public long Filtered { get; init; }

    /// <summary>Columns that the map names and no row has, each in a sentence.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Lines that are judged by a part of them: the rest cannot be read.</summary>
    public long DamagedLines { get; init; }

    /// <summary>The parts of files that cannot be read.</summary>
    public IReadOnlyList<LogHole> Holes { get; init; } = [];

    /// <summary>Whether something could not be read: it may be about forged tokens, or explain those that look forged.</summary>
    public bool IsPartial => BadLines > 0 || BadFiles > 0 || DamagedLines > 0 || Holes.Count > 0;
}
