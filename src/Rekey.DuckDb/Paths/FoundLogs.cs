using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Paths;

/// <summary>The files below some paths, each once, by name; and everything there that will not be read.</summary>
internal sealed record FoundLogs(IReadOnlyList<LogFile> Files, IReadOnlyList<PassedOver> PassedOver);
