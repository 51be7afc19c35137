using Rekey.Core;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Trust.Intruders;

/// <summary>
/// What people do in a world, decided by a seed, so that the same world can be played with an intruder and without: who leaves when, how
/// it is told, who comes back, which tokens shall be blocked, and how approvers answer.
/// </summary>
internal sealed class Script
{
    /// <summary>How long people are busy. All that they set off must come to an end in the time behind it.</summary>
    private const int Ticks = 40;

    private static readonly int[] Minutes = [1, 1, 2, 2, 5, 10, 15];

    private readonly int _seed;
    private readonly ILookup<int, Errand> _errands;

    public Script(int seed)
    {
        var random = new Random(seed);
        _seed = seed;
        Mode = random.Next(3) == 0 ? ResponseMode.Ask : ResponseMode.Enforce;
        GrowsOld = random.Next(2) == 0;
        Steps = [.. Enumerable.Range(0, Ticks).Select(_ => TimeSpan.FromMinutes(Minutes[random.Next(Minutes.Length)]))];
        _errands = ErrandsOf(random).Concat(LogsOf(random)).Concat(GrantsOf(random)).ToLookup(e => e.Tick);
    }

    public ResponseMode Mode { get; }

    /// <summary>Whether keys are rotated for their age, too.</summary>
    public bool GrowsOld { get; }

    public IReadOnlyList<TimeSpan> Steps { get; }

    public IEnumerable<Errand> At(int tick) => _errands[tick];

    /// <summary>An approver's answer to questions of this kind about this; null when nobody answers.</summary>
    public bool? Answer(string kind, string about) =>
        (StableId.HexOf($"{_seed}", kind, about)[0] % 4) switch
        {
            0 => null,
            1 => false,
            _ => true,
        };

    private static IEnumerable<Errand> ErrandsOf(Random random)
    {
        foreach (var person in new[] { Company.Leaver, Company.OtherLeaver })
        {
            // Told first and confirmed later, or the other way round, or only one of them; and some come back and leave again.
            var (tick, what) = (random.Next(Ticks / 2), random.Next(6));
            if (what is 0 or 1 or 2)
            {
                yield return new(tick, ErrandKind.Tell, person, Hostile: random.Next(2) == 0);
            }

            if (what is not 0)
            {
                yield return new(tick += random.Next(1, 8), ErrandKind.Leave, person, Hostile: random.Next(3) == 0);
            }

            if (what is 5)
            {
                yield return new(tick += random.Next(1, 5), ErrandKind.ComeBack, person, Hostile: false);
                yield return new(tick + random.Next(1, 5), ErrandKind.Leave, person, Hostile: false);
            }
        }

        for (var n = random.Next(3); n > 0; n--)
        {
            yield return new(random.Next(Ticks / 2), ErrandKind.Block, Guid.Empty, Hostile: false, $"jti-{n}");
        }
    }

    /// <summary>Honest tokens now and then, and forged ones: too few to prove that the key is stolen, or enough.</summary>
    private static IEnumerable<Errand> LogsOf(Random random)
    {
        for (var n = random.Next(4); n > 0; n--)
        {
            yield return new(random.Next(Ticks), ErrandKind.LogIn, Guid.Empty, Hostile: false, Key: random.Next(3));
        }

        for (var n = random.Next(3); n > 0; n--)
        {
            yield return new(
                random.Next(Ticks / 2),
                ErrandKind.Forge,
                Guid.Empty,
                Hostile: true,
                Key: random.Next(3),
                Count: random.Next(2) == 0 ? random.Next(1, 3) : random.Next(3, 7)
            );
        }
    }

    private static IEnumerable<Errand> GrantsOf(Random random)
    {
        for (var n = random.Next(3); n > 0; n--)
        {
            yield return new(random.Next(Ticks / 2), ErrandKind.LetPersonIn, Guid.Empty, Hostile: true);
        }

        if (random.Next(2) == 0)
        {
            yield return new(random.Next(Ticks / 2), ErrandKind.LetServiceIn, Guid.Empty, Hostile: true);
        }

        if (random.Next(2) == 0)
        {
            var tick = random.Next(Ticks / 2);
            yield return new(tick, ErrandKind.TakeGrant, Guid.Empty, Hostile: false);
            if (random.Next(2) == 0)
            {
                yield return new(tick + random.Next(1, 5), ErrandKind.GiveGrantBack, Guid.Empty, Hostile: false);
            }
        }
    }
}
