namespace Rekey.Functions.Departures;

/// <summary>
/// Bounds how often events make this instance read one person from Graph: an event costs a read, and a source that repeats itself must not
/// use up the app's quota there. A person has a bucket of
/// <see cref="Burst"/> reads, which fills by one every <see cref="Refill"/>. When it is empty, one event of the person is put off until a
/// read is free; those that come while it waits add nothing, since it will read the person after all of them.
/// </summary>
public sealed class GraphReads(TimeProvider timeProvider)
{
    /// <summary>Reads of one person at once. An account changes a few times when somebody leaves.</summary>
    public const int Burst = 20;

    /// <summary>After the burst: twenty an hour. No event waits longer than this, so that changing one's own profile delays
    /// nothing.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromMinutes(3);

    /// <summary>Events so short before the one that waits comes again are not dropped for it: another instance may be reading the person
    /// just then.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Beyond so many persons, those whose bucket would be full again are forgotten.</summary>
    private const int MostPersons = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Bucket> _persons = [];

    /// <summary>How long the event must wait; zero when the person may be read now, null when another event that waits does the same
    /// later.</summary>
    public TimeSpan? WaitFor(Guid person)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            Forget(now);
            if (!_persons.TryGetValue(person, out var bucket))
            {
                _persons[person] = bucket = new() { FullAt = now };
            }

            // Each read moves the time at which the bucket is full by one refill; it is empty when that lies a whole burst ahead.
            var fullAt = (bucket.FullAt > now ? bucket.FullAt : now) + Refill;
            if (fullAt - now <= Burst * Refill)
            {
                bucket.FullAt = fullAt;
                return TimeSpan.Zero;
            }

            return bucket.WaitsUntil > now ? null : fullAt - now - (Burst * Refill);
        }
    }

    /// <summary>An event of the person is in the queue, and comes again after that delay.</summary>
    public void Waits(Guid person, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_persons.TryGetValue(person, out var bucket))
            {
                bucket.WaitsUntil = timeProvider.GetUtcNow() + delay - Margin;
            }
        }
    }

    private void Forget(DateTimeOffset now)
    {
        if (_persons.Count <= MostPersons)
        {
            return;
        }

        foreach (var (person, _) in _persons.Where(p => p.Value.FullAt <= now).ToList())
        {
            _persons.Remove(person);
        }
    }

    private sealed class Bucket
    {
        public DateTimeOffset FullAt { get; set; }

        public DateTimeOffset WaitsUntil { get; set; }
    }
}
