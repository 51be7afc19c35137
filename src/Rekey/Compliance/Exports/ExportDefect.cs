namespace Rekey.Compliance.Exports;

/// <summary>A place where an exported ledger does not hold.</summary>
/// <param name="File">The file, below the folder of the export.</param>
/// <param name="Line">The line in that file, counted from 1; null when the file as a whole is wrong.</param>
/// <param name="Wrong">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record ExportDefect(string File, long? Line, string Wrong, string Remedy);
