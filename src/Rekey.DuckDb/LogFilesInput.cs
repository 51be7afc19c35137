namespace Rekey.DuckDb;

/// <summary>What is to be judged: files, folders or patterns of file names, plain or gzip.</summary>
/// <param name="Issued">Logs of issuers.</param>
/// <param name="Access">Logs of gateways.</param>
/// <param name="Quarantine">Where bad lines are kept; null: they are counted and shown only.</param>
public sealed record LogFilesInput(IReadOnlyList<string> Issued, IReadOnlyList<string> Access, LogMapping Mapping, IQuarantine? Quarantine = null);

/// <summary>One row of a log, in the words of its view.</summary>
/// <param name="File">The file that it stands in.</param>
/// <param name="Columns">Name and value in the view's order; what is not there is left out. Times are ISO 8601, UTC.</param>
public sealed record LogRow(DateTimeOffset TimeGenerated, string File, IReadOnlyList<KeyValuePair<string, string>> Columns);

/// <summary>Both sides of one jti: who minted it and who accepted it, by time.</summary>
/// <param name="Issuances">Of every issuer: a jti counts for its own issuer only.</param>
public sealed record TokenStory(IReadOnlyList<LogRow> Issuances, IReadOnlyList<LogRow> Accesses);
