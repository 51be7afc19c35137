namespace Rekey.DuckDb.Intake;

/// <summary>What was read of one stream.</summary>
/// <param name="Rows">Rows that can be judged.</param>
/// <param name="BadLines">Lines that cannot; a file that could not be read at all counts as one.</param>
/// <param name="BadFiles">Files that could not be read: nothing of them is judged.</param>
/// <param name="Sample">The first of them.</param>
/// <param name="Ignored">Files that were not read: such as lie below a named folder and say no known form in their names, and such as are
/// more than a look-up may read.</param>
public sealed record LogReading(
    int Files,
    long Rows,
    long BadLines,
    int BadFiles,
    IReadOnlyList<BadInput> Sample,
    IReadOnlyList<string> Ignored
);
