using System.Diagnostics;

namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>The sample issuer as a program, which can be killed.</summary>
internal sealed class IssuerProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly HttpClient _http = new();
    private bool _isOver;

    private IssuerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<IssuerProcess> StartAsync(IReadOnlyList<string> arguments, int? fileLimit)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Rekey.AspNetCore.Issuer.Tests.Sample.dll");

        // The shell ignores the signal about a file that is too long, so that the write fails instead, as on a full disk.
        var start = fileLimit is null
            ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo("sh", ["-c", $"trap '' XFSZ; ulimit -f {fileLimit}; exec dotnet \"$@\"", "sh", program, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        var process = Process.Start(start)!;
        var (up, said) = (new TaskCompletionSource<Uri>(), new List<string>());
        void Read(string? line)
        {
            lock (said)
            {
                said.Add(line ?? "");
            }

            if (line?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                up.TrySetResult(new(line[(at + Listening.Length)..].Trim()));
            }
        }

        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (await Task.WhenAny(up.Task, process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMinutes(2))) != up.Task)
        {
            process.Kill();
            Assert.Fail($"The issuer did not start: {string.Join(Environment.NewLine, said)}");
        }

        return new(process, await up.Task);
    }

    public Task<string?> TokenAsync() => RunningIssuer.TokenAsync(_http, Address);

    /// <summary>Ends the program at once, as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }
}
