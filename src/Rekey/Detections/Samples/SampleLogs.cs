using Rekey.Detections.Campaigns;
using Rekey.Detections.Samples.Stories;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Samples;

/// <summary>
/// The two log streams of a realistic company with an attack, line by line in the order of arrival, and the expected verdicts.
/// Deterministic; late lines bound the memory. For the command line, the replay, tests and benchmarks.
/// </summary>
public sealed class SampleLogs
{
    private readonly SampleOptions _options;
    private readonly SampleCompany _company;
    private readonly VerdictDefinitions _definitions;
    private readonly List<Sighting> _sightings = [];
    private long _issuances;
    private long _accesses;
    private bool _isRead;

    /// <exception cref="ArgumentException">The options are invalid; the message lists every mistake.</exception>
    public SampleLogs(SampleOptions options)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        }

        (_options, _company) = (options, new(options));
        Parameters = options.ToParameters(_company.Windows);
        _definitions = new(Parameters);
        StolenKid = _company.StolenKey.Kid;
    }

    /// <summary>The parameters with which a sweep finds exactly the truth.</summary>
    public SweepParameters Parameters { get; }

    public string StolenIssuer => _company.Shop.Iss;

    public string StolenKid { get; }

    /// <summary>About how many tokens will be issued.</summary>
    public long ExpectedIssuances => (long)(_options.Accesses / _options.AccessesPerToken);

    /// <summary>The truth about all lines.</summary>
    /// <exception cref="InvalidOperationException">The lines were not read to their end.</exception>
    public SampleTruth Truth =>
        _isRead
            ? new(
                _issuances,
                _accesses,
                _sightings,
                // The key is still trusted: the theft is not known yet.
                Damage.Of(StolenIssuer, StolenKid, Forged(), trustEndedAt: null)
            )
            : throw new InvalidOperationException("Read all lines first: the truth is complete only then.");

    private DamageCount Forged()
    {
        // An access can have several sightings, such as unissued and shared, but only one of a forgery.
        var count = new DamageCount();
        foreach (var s in _sightings.Where(s => s.Verdict.IsForgery() && s.Token.Iss == StolenIssuer && s.Token.Kid == StolenKid))
        {
            count.Add(s.Token, TokenUse.Of(s));
        }

        return count;
    }

    /// <summary>All lines by arrival. To be read once.</summary>
    public IEnumerable<SampleLine> Lines()
    {
        var random = new Random(_options.Seed);
        var waiting = new PriorityQueue<SampleLine, (DateTimeOffset Arrived, long Number)>();
        var number = 0L;
        foreach (var (time, story) in Stories(random))
        {
            Learn(story);
            foreach (var line in story.Issuances.Concat<SampleLine>(story.Accesses))
            {
                waiting.Enqueue(line, (line.Arrived, number++));

                // Collectors deliver at least once.
                if (random.Next(300) == 0)
                {
                    var again = line with { Arrived = line.Arrived.AddMinutes(random.Next(60 * 30)) };
                    waiting.Enqueue(again, (again.Arrived, number++));
                }
            }

            while (waiting.TryPeek(out _, out var next) && next.Arrived <= time)
            {
                yield return waiting.Dequeue();
            }
        }

        while (waiting.TryDequeue(out var line, out _))
        {
            yield return line;
        }

        _isRead = true;
    }

    /// <summary>Stories by the moment at which they begin; nothing of a story arrives before.</summary>
    private IEnumerable<(DateTimeOffset Time, TokenStory Story)> Stories(Random random)
    {
        var honest = new HonestStories(_company, random);
        var planned = new Queue<(DateTimeOffset At, Func<DateTimeOffset, TokenStory> Make)>(
            new ForgedStories(_company, random, honest)
                .Plan()
                .Concat(new OddStories(_company, random, honest).Plan())
                .Select(p => p with { At = DateTimeOffset.FromUnixTimeMilliseconds(p.At.ToUnixTimeMilliseconds()) })
                .OrderBy(p => p.At)
        );
        var count = Math.Max(1, ExpectedIssuances);
        for (var i = 0L; i < count; i++)
        {
            var time = TimeOf(i, count, random);
            while (planned.TryPeek(out var plan) && plan.At <= time)
            {
                planned.Dequeue();
                yield return (plan.At, plan.Make(plan.At));
            }

            yield return (time, honest.Make(time));
        }

        while (planned.TryDequeue(out var plan))
        {
            yield return (plan.At, plan.Make(plan.At));
        }
    }

    /// <summary>Busy afternoons and quiet nights, and never back in time.</summary>
    private DateTimeOffset TimeOf(long i, long count, Random random)
    {
        var days = _options.Days * ((i + random.NextDouble()) / count);
        var turned = days - (0.6 / (2 * Math.PI) * Math.Sin(2 * Math.PI * (days - 0.1)));
        return _options.Start + TimeSpan.FromMilliseconds(Math.Round(Math.Clamp(turned, 0, _options.Days) * TimeSpan.MillisecondsPerDay));
    }

    private void Learn(TokenStory story)
    {
        _issuances += story.Issuances.Count;
        _accesses += story.Accesses.Count;
        _sightings.AddRange(_definitions.Judge(story));
    }
}
