using Rekey.Local.Processes;

namespace Rekey.Benchmarks.Peers;

/// <summary>A server that something is measured beside, as a process of its own.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private Peer(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts one that says <c>listening {port}</c>, and ends when this process does.</summary>
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
                    _ =
                        line.StartsWith("listening ", StringComparison.Ordinal)
                        && listening.TrySetResult(int.Parse(line["listening ".Length..])),
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
}
