using System.Collections.Concurrent;

namespace Rekey.Cli.Tests.Support;

/// <summary>Processes that run the commands of the tests, each for one command at a time.</summary>
internal sealed class WarmTools(int places) : IDisposable
{
    /// <summary>How long a command may take on a machine that does much else.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _places = new(places);
    private readonly ConcurrentStack<WarmTool> _ready = new();

    /// <summary>Those of all tests: as many as there are processors, as tests that run at the same time.</summary>
    public static WarmTools OfAllTests { get; } = new(Environment.ProcessorCount);

    /// <summary>Runs one command in a process that waits for one, or in a new one.</summary>
    public async Task<ToolRun> RunAsync(IReadOnlyDictionary<string, string>? environment, string input, string[] arguments, TimeSpan limit)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await _places.WaitAsync(cancellationToken);
        try
        {
            var tool = _ready.TryPop(out var ready) ? ready : new WarmTool();
            try
            {
                return await tool.RunAsync(environment, input, arguments, limit, cancellationToken);
            }
            finally
            {
                if (tool.IsReady)
                {
                    _ready.Push(tool);
                }
                else
                {
                    tool.Dispose();
                }
            }
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        while (_ready.TryPop(out var tool))
        {
            tool.Dispose();
        }

        _places.Dispose();
    }
}
