using Rekey.Local.Processes;

namespace Rekey.Benchmarks.Peers;

/// <summary>A server that something is measured beside, as a process of its own.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private Peer(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts one that says <c>listening {port}</c>, or where it listens as ASP.NET Core says it.</summary>
    public static async Task<Peer> StartAsync(
        string file,
        IReadOnlyList<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken
    )
    {
        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start(
            new(file, arguments, folder)
            {
                Environment = environment,
                HoldStandardInput = true,
                OnOutput = line =>
                {
                    if (Port(line) is { } port)
                    {
                        listening.TrySetResult(port);
                    }
                },
                OnError = Console.Error.WriteLine,
            }
        );
        try
        {
            _ = process.Exited.ContinueWith(
                _ => listening.TrySetException(new InvalidOperationException($"{file} ended before it listened.")),
                TaskScheduler.Default
            );
            return new(process, new($"http://127.0.0.1:{await listening.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken)}/"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int? Port(string line)
    {
        const string Mine = "listening ";
        const string AspNetCore = "Now listening on: ";
        return line.StartsWith(Mine, StringComparison.Ordinal) ? int.Parse(line[Mine.Length..])
            : line.IndexOf(AspNetCore, StringComparison.Ordinal) is >= 0 and var at ? new Uri(line[(at + AspNetCore.Length)..].Trim()).Port
            : null;
    }
}
