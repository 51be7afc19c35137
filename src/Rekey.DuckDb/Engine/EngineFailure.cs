using DuckDB.NET.Data;
using Rekey.Core;

namespace Rekey.DuckDb.Engine;

/// <summary>Explains failures of the machine below the engine: memory, disk and work folder. They are not bad input, so they must
/// stop the work instead of passing over a file.</summary>
internal static class EngineFailure
{
    private const string NoSpace = "No space left on device";
    private const int NoSpaceOnUnix = 28;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);
    private static readonly string[] OfDisks =
    [
        NoSpace,
        "not enough space",
        "Disk quota exceeded",
        "Read-only file system",
        "Input/output error",
    ];
    private static readonly string[] OfWriting =
    [
        "Could not write",
        "Cannot open file",
        "Could not create",
        "Failed to create",
        "Could not sync",
    ];

    /// <returns>The failure in words; null if the exception is about something else.</returns>
    public static CannotContinueException? Of(Exception e, string workFolder) =>
        e switch
        {
            DuckDBException when Has(e, "Out of Memory Error") => new(
                "log-engine-out-of-memory",
                $"The logs exceed the memory or disk limit of the engine: {FirstLine(e)}",
                "Raise DuckDb:MemoryLimitBytes or DuckDb:MaxTempBytes (rekey sweep --memory-limit), or sweep fewer files at once.",
                e
            ),
            DuckDBException when Has(e, OfDisks) || (Has(e, workFolder) && Has(e, OfWriting)) => WorkFolder(e, workFolder),
            IOException when IsDiskFull(e) => WorkFolder(e, workFolder),
            DuckDBException when Has(e, "FATAL Error", "INTERNAL Error", "database has been invalidated") => new(
                "log-engine-failed",
                $"The query engine stopped: {FirstLine(e)}",
                "Sweep again. If it stops again, report it with this message, and sweep fewer files at once.",
                e
            ),
            _ => null,
        };

    /// <summary>The work folder cannot be made, or cannot be written.</summary>
    public static CannotContinueException WorkFolder(Exception e, string workFolder) =>
        new(
            "work-folder-failed",
            $"The work folder '{workFolder}' cannot be written: {(IsDiskFull(e) ? NoSpace : FirstLine(e))}.",
            "Free space there, or use a folder on another disk: TMPDIR=/other/disk rekey sweep … (in the app: "
                + "LogFolder:Engine:TempFolder). It needs about as much space as the logs have unpacked.",
            e
        );

    public static bool IsDiskFull(Exception e) => e is IOException { HResult: NoSpaceOnUnix or NoSpaceOnWindows } || Has(e, NoSpace);

    /// <summary>The first line of a message, without the part of a statement that follows.</summary>
    public static string FirstLine(Exception e) => e.Message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.');

    private static bool Has(Exception e, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (e.Message.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
