using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Files;

/// <summary>What is to be judged: files, folders or patterns of file names, plain or gzip.</summary>
/// <param name="Issued">Logs of issuers.</param>
/// <param name="Access">Logs of gateways.</param>
/// <param name="Quarantine">Where bad lines are kept; null: they are counted and shown only.</param>
public sealed record LogFilesInput(
    IReadOnlyList<string> Issued,
    IReadOnlyList<string> Access,
    LogMapping Mapping,
    IQuarantine? Quarantine = null
);
