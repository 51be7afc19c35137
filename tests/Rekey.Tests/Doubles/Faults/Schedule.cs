namespace Rekey.Tests.Doubles.Faults;

/// <summary>Runs several processes one effect at a time, in an order that a seed decides: every interleaving can be had again.</summary>
public sealed class Schedule(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Runs until all have ended. A process that fails fails the run.</summary>
    public void Run(int processes, Func<int, Fate, Task> process) => RunAsync(processes, process).GetAwaiter().GetResult();

    public async Task RunAsync(int processes, Func<int, Fate, Task> process)
    {
        var turns = Enumerable.Range(0, processes).Select(_ => new Turn()).ToList();
        var running = turns
            .Select(
                (turn, n) =>
                    (
                        Turn: turn,
                        Task: Task.Run(async () =>
                        {
                            await turn.WaitAsync();
                            await process(n, turn);
                        })
                    )
            )
            .ToList();
        while (running.Count > 0)
        {
            var next = running[_random.Next(running.Count)];
            await next.Turn.NextStopAsync(next.Task);
            if (!next.Task.IsCompleted)
            {
                next.Turn.Go();
                await next.Turn.NextStopAsync(next.Task);
            }

            if (next.Task.IsCompleted)
            {
                running.Remove(next);
                await next.Task;
            }
        }
    }

    /// <summary>Waits for its turn before each effect and after it.</summary>
    private sealed class Turn : Fate
    {
        private readonly SemaphoreSlim _go = new(0);
        private readonly SemaphoreSlim _stopped = new(0);
        private bool _isStopped;

        public async Task WaitAsync()
        {
            _stopped.Release();
            await _go.WaitAsync();
        }

        public async Task NextStopAsync(Task ended)
        {
            if (!_isStopped)
            {
                var stop = _stopped.WaitAsync();
                _isStopped = await Task.WhenAny(stop, ended) == stop;
            }
        }

        public void Go()
        {
            _isStopped = false;
            _go.Release();
        }

        protected override Task BeforeAsync(int number, string what) => WaitAsync();

        protected override Task AfterAsync(int number, string what) => WaitAsync();
    }
}
