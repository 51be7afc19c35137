using Microsoft.Extensions.Time.Testing;
using Rekey.Functions.Departures.Feed;

namespace Rekey.Functions.Tests.Departures;

/// <summary>The bound on reads of one person, where several instances take from one queue.</summary>
public sealed class GraphReadsTests
{
    /// <summary>Two instances, each with its own count, over one queue: after the last event of a person there is always a later
    /// read.</summary>
    [Fact]
    public void After_the_last_event_there_is_a_read_whichever_instance_takes_what()
    {
        var random = new Random(19);
        for (var run = 0; run < 300; run++)
        {
            var clock = new FakeTimeProvider(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
            GraphReads[] instances = [new(clock), new(clock)];
            var (waiting, person) = (new List<DateTimeOffset>(), Guid.NewGuid());
            var (lastEvent, lastRead) = (DateTimeOffset.MinValue, DateTimeOffset.MinValue);
            void Take()
            {
                var reads = instances[random.Next(2)];
                switch (reads.WaitFor(person))
                {
                    case { } wait when wait > TimeSpan.Zero:
                        // As the queue does it: whole seconds, rounded up; by its own clock, which is a few seconds ahead of ours.
                        waiting.Add(clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds) - random.Next(6)));
                        reads.Waits(person, wait);
                        break;
                    case not null:
                        lastRead = clock.GetUtcNow();
                        break;
                }
            }

            for (var i = 0; i < 200; i++)
            {
                clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 9000)));
                foreach (var due in waiting.Where(w => w <= clock.GetUtcNow()).ToList())
                {
                    waiting.Remove(due);
                    Take();
                }

                lastEvent = clock.GetUtcNow();
                Take();
            }

            while (waiting.Count > 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                foreach (var due in waiting.Where(w => w <= clock.GetUtcNow()).ToList())
                {
                    waiting.Remove(due);
                    Take();
                }
            }

            Assert.True(lastRead >= lastEvent, $"run {run}: the last event at {lastEvent:O}, the last read at {lastRead:O}");
        }
    }
}
