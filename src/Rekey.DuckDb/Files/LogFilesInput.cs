using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files;

/// <summary>The input of a sweep: files, folders or patterns of file names, plain or gzip.</summary>
/// <param name="Issued">Logs of issuers.</param>
/// <param name="Access">Logs of gateways.</param>
/// <param name="Quarantine">The store of bad lines; null: they are only counted and shown.</param>
public sealed record LogFilesInput(
    IReadOnlyList<string> Issued,
    IReadOnlyList<string> Access,
    LogMapping Mapping,
    IQuarantine? Quarantine = null
);
