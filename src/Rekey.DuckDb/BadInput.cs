namespace Rekey.DuckDb;

/// <summary>One line, row or file of a log that could not be read.</summary>
/// <param name="Line">
/// The line's number from 1 (NDJSON, and CSV as long as no field holds a line break and no line is empty) or the row's (Parquet, JSON arrays); null when it is the whole file.
/// </param>
/// <param name="Reason">In plain words.</param>
/// <param name="Text">What stands there; null when it is the whole file.</param>
public sealed record BadInput(string File, long? Line, string Reason, string? Text);

/// <summary>Where bad lines are kept, so that somebody can mend them and hand them in again.</summary>
public interface IQuarantine
{
    /// <summary>Keeps what was bad in one version of a file. The same version may come again: it is kept once.</summary>
    void Keep(string file, string version, IEnumerable<BadInput> bad);
}

/// <summary>What was read of one stream.</summary>
/// <param name="Rows">Rows that can be judged.</param>
/// <param name="BadLines">Lines that cannot; a file that could not be read at all counts as one.</param>
/// <param name="BadFiles">Files that could not be read: nothing of them is judged.</param>
/// <param name="Sample">The first of them.</param>
/// <param name="Ignored">Files that were not read: such as lie below a named folder and say no known form in their names, and such as are more than a look-up may read.</param>
public sealed record LogReading(int Files, long Rows, long BadLines, int BadFiles, IReadOnlyList<BadInput> Sample, IReadOnlyList<string> Ignored);
