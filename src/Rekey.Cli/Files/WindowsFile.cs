using System.Text.Json;
using Rekey.Core;
using Rekey.Detections.Sweeps;

namespace Rekey.Cli.Files;

/// <summary>The file of trust windows: a JSON array of <c>{"iss","kid","trustedFrom","issuedUntil","trustedUntil"}</c>. The last two are
/// absent while the key may sign.</summary>
internal static class WindowsFile
{
    /// <summary>The default file name, next to the folder of the issuances.</summary>
    public const string Name = "windows.json";

    private const string Form =
        "[{\"iss\":\"https://login.example\",\"kid\":\"k1\",\"trustedFrom\":\"2026-01-01T00:00:00Z\","
        + "\"issuedUntil\":\"2026-04-01T00:00:00Z\",\"trustedUntil\":\"2026-04-01T01:05:00Z\"}]";

    public static void Write(string path, IReadOnlyList<KidWindow> windows)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(
            file,
            [.. windows.Select(w => new WindowLine(w.Iss, w.Kid, w.TrustedFrom, w.IssuedUntil, w.TrustedUntil))],
            WindowsJson.Default.ListWindowLine
        );
    }

    /// <exception cref="CannotContinueException">The file cannot be read, or an entry lacks a required field.</exception>
    public static IReadOnlyList<KidWindow> Read(string path)
    {
        List<WindowLine>? lines;
        try
        {
            // As text: Windows PowerShell writes UTF-16, and the reader of bytes knows UTF-8 alone.
            lines = JsonSerializer.Deserialize(File.ReadAllText(path), WindowsJson.Default.ListWindowLine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CannotContinueException(
                "windows-unreadable",
                $"The trust windows in '{path}' cannot be read: {e.Message}",
                $"Write the file like this: {Form}",
                e
            );
        }

        var windows = new List<KidWindow>();
        foreach (var (i, line) in (lines ?? []).Index())
        {
            if (line is not { Iss.Length: > 0, Kid.Length: > 0, TrustedFrom: { } from })
            {
                throw new CannotContinueException(
                    "windows-incomplete",
                    $"Entry {i + 1} of '{path}' has no iss, kid or trustedFrom.",
                    $"Write the file like this: {Form}"
                );
            }

            windows.Add(new(line.Iss, line.Kid, from, line.IssuedUntil, line.TrustedUntil));
        }

        return windows;
    }
}
