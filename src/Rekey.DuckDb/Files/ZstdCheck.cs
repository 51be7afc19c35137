using ZstdSharp;

namespace Rekey.DuckDb.Files;

/// <summary>Checks whether a zstd file is complete (RFC 8878). DuckDB reads a truncated one without an error.</summary>
internal static class ZstdCheck
{
    /// <summary>Returns null if the file is complete, otherwise the defect.</summary>
    /// <param name="maxBytes">The maximum length, unpacked.</param>
    public static string? Mistake(LogFile file, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var unpacked = file.Open();
            var (buffer, length) = (new byte[1 << 17], 0L);
            for (int read; (read = unpacked.Read(buffer)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (length > maxBytes)
                {
                    return $"It unpacks to more than {maxBytes:N0} bytes, as no log does.";
                }
            }

            return null;
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            return "The zstd stream is damaged or truncated.";
        }
    }
}
