namespace Rekey.Local.FunctionsHost.Handlers;

/// <summary>The host's patience with a crashing handler: the third error within half an hour is the last.</summary>
internal sealed class HandlerFailures
{
    public const int Limit = 3;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    /// <summary>An intentional restart, asked for by the handler itself.</summary>
    public const int IntentionalExitCode = 200;

    private readonly Queue<DateTimeOffset> errors = [];

    /// <summary>Notes an error; true when it is one too many.</summary>
    public bool IsLast(DateTimeOffset now)
    {
        errors.Enqueue(now);
        while (now - errors.Peek() >= Window)
        {
            errors.Dequeue();
        }

        return errors.Count >= Limit;
    }
}
