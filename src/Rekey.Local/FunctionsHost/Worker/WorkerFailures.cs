namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>Counts crashes of the worker: the host gives up at the third within half an hour.</summary>
internal sealed class WorkerFailures
{
    public const int Limit = 3;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly Queue<DateTimeOffset> crashes = [];

    /// <summary>Notes a crash; true when it is one too many.</summary>
    public bool IsLast(DateTimeOffset now)
    {
        crashes.Enqueue(now);
        while (now - crashes.Peek() >= Window)
        {
            crashes.Dequeue();
        }

        return crashes.Count >= Limit;
    }
}
