using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>The replay without <c>--exit</c>: it stays up with its addresses printed, and Ctrl+C ends it and all that it started.</summary>
public sealed partial class StayUpTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_until_it_is_interrupted_and_leaves_nothing_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "SIGINT and /proc are looked at.");
        using var process = Programs.Start(Programs.Replay, "--port", "0");
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            patience.CancelAfter(Programs.Patience);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);

            // 1. Up, with its addresses.
            var lines = new List<string>();
            while (lines.Count == 0 || !lines[^1].StartsWith("Everything stays up.", StringComparison.Ordinal))
            {
                lines.Add(
                    await process.StandardOutput.ReadLineAsync(patience.Token)
                        ?? throw new InvalidOperationException($"It ended: {string.Join('\n', lines)}\n{await errors}")
                );
            }

            var (rekey, jwks) = (AddressOf("Rekey", lines), AddressOf("JWKS of 'shop'", lines));
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            Assert.Contains("\"healthy\"", await http.GetStringAsync(new Uri(rekey, "healthz"), Cancel), StringComparison.Ordinal);
            Assert.Contains("\"kid\"", await http.GetStringAsync(jwks, Cancel), StringComparison.Ordinal);
            using (var refused = await http.GetAsync(new Uri(rekey, "decisions"), Cancel))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            // 2. The app, Azurite and whatever watches them are processes of their own.
            var started = Descendants(process.Id);
            Assert.True(started.Count >= 2, $"It has started {started.Count} processes.");
            var folder = Path.GetDirectoryName(lines.Single(l => l.StartsWith("Log ", StringComparison.Ordinal))["Log ".Length..].Trim())!;

            // 3. Ended, and nothing is left of it.
            Assert.Equal(0, Kill(process.Id, IsIgnored(Interrupt) ? Terminate : Interrupt));
            var rest = process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {await rest}{await errors}");
            Assert.DoesNotContain(started, IsAlive);
            Assert.False(Directory.Exists(folder), folder);
            await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync(rekey.Host, rekey.Port, Cancel).AsTask());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A shell starts what it puts into the background with SIGINT ignored, and so do children of that: then only SIGTERM, which
    /// means the same here, is heard.</summary>
    private static bool IsIgnored(int signal)
    {
        const string Ignored = "SigIgn:";
        var mask = File.ReadLines("/proc/self/status")
            .Single(l => l.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..]
            .Trim();
        return (
                ulong.Parse(mask, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture)
                    >> (signal - 1)
                & 1
            ) == 1;
    }

    private static Uri AddressOf(string name, IEnumerable<string> lines) =>
        new(
            lines
                .Single(l => l.StartsWith(name + " ", StringComparison.Ordinal) && l.Contains("://", StringComparison.Ordinal))[
                    name.Length..
                ]
                .Trim()
        );

    /// <summary>Children, and theirs, each with the time at which it started: an id alone may be given to another process.</summary>
    private static List<(int Id, string StartedAt)> Descendants(int id)
    {
        var all = Directory
            .EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var at) ? Look(at) : null)
            .OfType<(int Id, int Parent, string StartedAt)>()
            .ToLookup(p => p.Parent);
        return [.. Below(id)];

        IEnumerable<(int, string)> Below(int parent) => all[parent].SelectMany(p => Below(p.Id).Prepend((p.Id, p.StartedAt)));
    }

    private static bool IsAlive((int Id, string StartedAt) process) => Look(process.Id) is { } now && now.StartedAt == process.StartedAt;

    /// <summary>proc(5): after the name, which may hold anything, state is field 3, the parent 4, the start time 22. A zombie has
    /// ended.</summary>
    private static (int Id, int Parent, string StartedAt)? Look(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" ? null : (id, int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[19]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
