namespace Rekey.AspNetCore.Documents;

/// <summary>The answer to a request for a document.</summary>
/// <param name="Content">The bytes, unpacked; null when the caller has the current ones.</param>
/// <param name="ETag">The ETag to send with the next request; null when the server gave none.</param>
internal sealed record DownloadedDocument(byte[]? Content, string? ETag);
