namespace Rekey.Functions.Offboarding;

/// <summary>
/// Bounds how often events make this instance read one person from Graph: an event costs a read, and a source that repeats itself must not
/// use up the app's quota there. Past the bound one event of the person is put off until a read is free; those that come while it waits add
/// nothing, since it will read the person after all of them.
/// </summary>
public sealed class GraphReads(TimeProvider clock)
{
    /// <summary>Reads of one person in an hour. An account changes a few times when somebody leaves; a sync tool that repeats itself does
    /// so for hours.</summary>
    public const int MostAnHour = 20;

    /// <summary>Beyond so many persons, those that are not under way are forgotten.</summary>
    private const int MostPersons = 10_000;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Events so short before the one that waits comes again are not dropped for it: another instance may be reading the person
    /// just then.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Reads> _persons = [];

    /// <summary>How long the event must wait; zero when the person may be read now, null when another event that waits does the same
    /// later.</summary>
    public TimeSpan? WaitFor(Guid person)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            Forget(now);
            if (!_persons.TryGetValue(person, out var reads))
            {
                _persons[person] = reads = new();
            }

            while (reads.At.TryPeek(out var oldest) && now - oldest >= Hour)
            {
                reads.At.Dequeue();
            }

            if (reads.At.Count < MostAnHour)
            {
                reads.At.Enqueue(now);
                return TimeSpan.Zero;
            }

            return reads.WaitsUntil > now ? null : reads.At.Peek() + Hour - now;
        }
    }

    /// <summary>An event of the person is in the queue, and comes again after that delay.</summary>
    public void Waits(Guid person, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_persons.TryGetValue(person, out var reads))
            {
                reads.WaitsUntil = clock.GetUtcNow() + delay - Margin;
            }
        }
    }

    private void Forget(DateTimeOffset now)
    {
        if (_persons.Count <= MostPersons)
        {
            return;
        }

        foreach (var (person, reads) in _persons.Where(p => p.Value.At.Count < MostAnHour || now - p.Value.At.Last() >= Hour).ToList())
        {
            _persons.Remove(person);
        }
    }

    private sealed class Reads
    {
        public Queue<DateTimeOffset> At { get; } = new();

        public DateTimeOffset WaitsUntil { get; set; }
    }
}
