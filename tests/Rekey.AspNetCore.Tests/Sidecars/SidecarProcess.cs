using System.Diagnostics;
using Rekey.AspNetCore.Tests.Support;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Tests.Sidecars;

/// <summary>A program that a test starts and stops.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private readonly Process _process;

    private readonly List<string> _said;

    private SidecarProcess(Process process, List<string> said) => (_process, _said) = (process, said);

    /// <summary>The lines of its output until now.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_said)
            {
                return [.. _said];
            }
        }
    }

    /// <summary>Starts rekey-authz, and gives its address.</summary>
    public static async Task<(SidecarProcess Process, Uri Address)> StartAsync(Uri rekey, PublicJwk documentKey, string folder)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "rekey-authz.dll"), "--urls", "http://127.0.0.1:0"]
        );
        start.Environment["Rekey__Address"] = rekey.AbsoluteUri;
        start.Environment["Rekey__Environment"] = "prod";
        start.Environment["Rekey__Folder"] = folder;
        start.Environment["Rekey__Name"] = "sidecar-1";
        foreach (var (name, value) in GatewayHost.Jwk(documentKey))
        {
            start.Environment[$"Rekey__DocumentKey__{name}"] = value;
        }

        const string Listening = "Now listening on: ";
        var (process, line) = await StartAsync(start, l => l.Contains(Listening, StringComparison.Ordinal));
        return (process, new(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }

    /// <summary>Starts a program.</summary>
    /// <param name="isUp">Which line of its output says that it is up.</param>
    public static async Task<(SidecarProcess Process, string Line)> StartAsync(ProcessStartInfo start, Func<string, bool> isUp)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = Process.Start(start)!;
        var (up, said) = (new TaskCompletionSource<string>(), new List<string>());
        void Read(string? line)
        {
            if (line is not null)
            {
                lock (said)
                {
                    said.Add(line);
                }

                if (isUp(line))
                {
                    up.TrySetResult(line);
                }
            }
        }

        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var first = await Task.WhenAny(up.Task, process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMinutes(1)));
        if (first != up.Task)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{start.FileName} did not start: {string.Join('\n', said)}");
        }

        return (new(process, said), await up.Task);
    }

    /// <summary>Asks it to stop, and waits for that.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await StopAsync();
        }

        _process.Dispose();
    }
}
