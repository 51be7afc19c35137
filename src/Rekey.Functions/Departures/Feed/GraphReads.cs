namespace Rekey.Functions.Departures.Feed;

/// <summary>
/// Throttles how often events make this instance read one person from Graph. Each event costs a read, and a source that repeats itself
/// must not use up the app's quota. A person has a bucket of <see cref="Burst"/> reads, which gains one every <see cref="Refill"/>. When
/// it is empty, one event of the person waits until a read is free. Further events are dropped meanwhile: the one that waits will read
/// the person after all of them.
/// </summary>
public sealed class GraphReads(TimeProvider timeProvider)
{
    /// <summary>The reads of one person in a burst. An account changes a few times when a person leaves.</summary>
    public const int Burst = 20;

    /// <summary>The time between two reads after the burst: twenty an hour. No event waits longer, so a person cannot delay their own
    /// departure by profile changes.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromMinutes(3);

    /// <summary>Events so shortly before the waiting one returns are not dropped: another instance may read the person at that
    /// moment.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>The number of persons above which full buckets are dropped.</summary>
    private const int MostPersons = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Bucket> _persons = [];

    /// <summary>Gives how long the event must wait: zero when the person may be read now, null when a waiting event will read the
    /// person.</summary>
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

    /// <summary>Notes that an event of the person is in the queue and returns after that delay.</summary>
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
