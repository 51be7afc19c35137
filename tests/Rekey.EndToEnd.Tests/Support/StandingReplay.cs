using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>The replay without <c>--exit</c>, in a process of its own and with a state file of its own. It has played, and stays
/// up.</summary>
internal sealed partial class StandingReplay : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-standing-");
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );

    private readonly Process _process;
    private Task<string>? _rest;
    private Task<string>? _errors;

    private StandingReplay()
    {
        var start = new ProcessStartInfo("dotnet", [Programs.Replay, "--port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["REKEY_LOCAL_STATE"] = StateFile;
        _process = Process.Start(start)!;
        _patience.CancelAfter(Programs.Patience);
    }

    public string StateFile => Path.Combine(_folder.FullName, "a folder", "local.json");

    public int Id => _process.Id;

    /// <summary>What it printed until it stayed up.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>The folder of the company.</summary>
    public string Folder => Path.GetDirectoryName(LogFile)!;

    public string LogFile => Value("Log");

    public static async Task<StandingReplay> StartAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is ended by a signal.");
        var replay = new StandingReplay();
        try
        {
            replay._errors = replay._process.StandardError.ReadToEndAsync(CancellationToken.None);
            while (replay.Lines.Count == 0 || !replay.Lines[^1].StartsWith("Everything stays up.", StringComparison.Ordinal))
            {
                replay.Lines.Add(
                    await replay._process.StandardOutput.ReadLineAsync(replay._patience.Token)
                        ?? throw new InvalidOperationException($"It ended: {string.Join('\n', replay.Lines)}\n{await replay._errors}")
                );
            }

            // The test no longer reads what it prints, and a full pipe would stop it.
            replay._rest = replay._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return replay;
        }
        catch
        {
            replay.Dispose();
            throw;
        }
    }

    /// <summary>One of the printed addresses.</summary>
    public Uri AddressOf(string name) => new(Value(name));

    /// <summary>Presses Ctrl+C and waits for the end, which must be a good one.</summary>
    public async Task EndAsync()
    {
        Assert.Equal(0, Kill(Id, IsIgnored(Interrupt) ? Terminate : Interrupt));
        await _process.WaitForExitAsync(_patience.Token);
        Assert.True(_process.ExitCode == 0, $"Exit code {_process.ExitCode}: {await _rest!}{await _errors!}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _patience.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Value(string name) =>
        Lines
            .Single(l => l.StartsWith(name + " ", StringComparison.Ordinal) && l.Contains('/', StringComparison.Ordinal))[name.Length..]
            .Trim();

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

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
