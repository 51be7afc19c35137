using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Intake;

/// <summary>The result of reading one stream.</summary>
/// <param name="Rows">Rows that can be judged.</param>
/// <param name="BadLines">Lines that cannot be judged; an unreadable file counts as one.</param>
/// <param name="BadFiles">Unreadable files, of which nothing is judged.</param>
/// <param name="Sample">The first bad lines.</param>
/// <param name="PassedOver">Files and folders that were not read: unknown formats, links that lead nowhere, names with a leading dot,
/// folders that cannot be listed, and files beyond the budget of a look-up.</param>
public sealed record LogReading(
    int Files,
    long Rows,
    long BadLines,
    int BadFiles,
    IReadOnlyList<BadInput> Sample,
    IReadOnlyList<PassedOver> PassedOver
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

    /// <summary>Whether something was not read: it may be about forged tokens, or explain those that look forged.</summary>
    public bool IsPartial => BadLines > 0 || BadFiles > 0 || DamagedLines > 0 || Holes.Count > 0 || PassedOver.Count > 0;
}
