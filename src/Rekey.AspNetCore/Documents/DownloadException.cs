namespace Rekey.AspNetCore.Documents;

/// <summary>A document cannot be downloaded now.</summary>
internal sealed class DownloadException(string message, Exception? inner) : Exception(message, inner);
