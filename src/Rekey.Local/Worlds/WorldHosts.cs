using Rekey.Local.FunctionsHost;

namespace Rekey.Local.Worlds;

/// <summary>Starts the app under Functions hosts, with the settings of its company; all of them write one log.</summary>
internal sealed class WorldHosts(World world, WorldOptions options) : IAsyncDisposable
{
    private const int StartTries = 3;

    private readonly StreamWriter _log = new(world.LogFile, append: true) { AutoFlush = true };

    /// <param name="port">0 takes a free one.</param>
    /// <param name="changes">Settings that win over the company's.</param>
    public async Task<LocalFunctionsHost> StartAsync(
        int port,
        IReadOnlyDictionary<string, string>? changes,
        CancellationToken cancellationToken
    )
    {
        var settings = WorldSettings.Make(world, options);
        foreach (var (name, value) in changes ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        // A worker picks a free port before it listens there, and ends when another was faster. The host starts it again, but that was one
        // of the three crashes it bears: tests that count them need a host whose first worker came up.
        for (var tries = 1; ; tries++)
        {
            var host = await LocalFunctionsHost.StartAsync(
                new()
                {
                    AppRoot = options.AppRoot ?? FunctionApp.BuiltFolder,
                    Settings = settings,
                    Port = port,
                    Log = Write,
                },
                cancellationToken
            );
            if (host.WorkerStarts == 1 || tries == StartTries)
            {
                return host;
            }

            await host.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    /// <summary>Writes one line for each message of the app. It leaves out what the worker says for the host's developers, and the
    /// host's lines about calls that succeeded.</summary>
    private void Write(HostLogLine line)
    {
        if (line.Level < LogLevel.Information || line is { Level: LogLevel.Information, FunctionName: not null })
        {
            return;
        }

        lock (_log)
        {
            _log.WriteLine($"{line.Time:HH:mm:ss.fff} {line.Level} {line.FunctionName} {line.Text.ReplaceLineEndings(" | ")}");
        }
    }
}
