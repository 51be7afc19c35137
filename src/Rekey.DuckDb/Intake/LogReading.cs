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
);
