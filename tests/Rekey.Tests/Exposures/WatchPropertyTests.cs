using CsCheck;
using Rekey.Findings;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Support;

namespace Rekey.Tests.Exposures;

/// <summary>Whatever people do after a departure, however late the logs say so, and wherever processes die: the findings and the rotations
/// are those that the truth needs.</summary>
public sealed class WatchPropertyTests
{
    private const string App = "5b0b1a4e-0000-4000-8000-00000000a001";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(90);

    private static readonly Gen<Act> Acts =
        from minute in Gen.Int[1, 600]
        from who in OneOf("leaver", "leaver", App, "someone")
        from key in Gen.Int[1, 2]
        from operation in OneOf("keysign", "keyget", "keybackup", "keydecrypt")
        from status in OneOf(200, 200, 403)
        from lag in Gen.Int[-400, 400].Select(l => Math.Max(l, 0))
        select new Act(minute, who, key, operation, status, lag);

    [Fact]
    public Task The_findings_and_rotations_are_those_of_the_truth() =>
        Gen.Select(Acts.Array[0, 6], Gen.Int[0, 20], Gen.Bool)
            .SampleAsync(
                async (acts, dies, after) =>
                {
                    // 1. The story: rows with their times, and a watch every half hour, of which one dies.
                    var world = await WatchWorld.StartAsync(before: w => w.Owns(App));
                    var (start, ended) = (world.Now, world.Departure.AccessEndedAt);
                    foreach (var act in acts)
                    {
                        var row = world.World.Does(
                            act.Operation,
                            act.Key,
                            act.Who == "leaver" ? world.Leaver : act.Who,
                            act.Status,
                            act.After(start)
                        );
                        world.Audit.Rows[^1] = row with { Lag = TimeSpan.FromMinutes(act.Lag) };
                    }

                    world.Audit.Now = () => world.Now;
                    for (var step = 0; step < 14; step++)
                    {
                        if (step == dies)
                        {
                            _ = await Record.ExceptionAsync(() => world.Company.NewProcess(new DiesAt(2, after)).Watch.RunAsync(default));
                        }

                        await world.WatchAsync(TimeSpan.FromMinutes(95));
                    }

                    // 2. The truth.
                    var own = acts.Where(a => a.Who == "leaver").ToLookup(a => a.Key);
                    Assert.Equal(
                        own.Select(k => $"{world.Departure.Id}|{world.World.Key(k.Key).Id}").Order(),
                        world.Open(FindingKinds.LeaverUsedKey).Select(f => f.About).Order()
                    );
                    foreach (var of in own)
                    {
                        var about = $"{world.Departure.Id}|{world.World.Key(of.Key).Id}";
                        var finding = world.Open(FindingKinds.LeaverUsedKey).Single(f => f.About == about);
                        Assert.Equal(of.Any(a => a.IsTaken) ? Severity.Critical : Severity.High, finding.Severity);
                        Assert.Equal(
                            of.Any(a => a.After(start) > ended + Lifetime),
                            finding.Title.Contains("every access token", StringComparison.Ordinal)
                        );
                    }

                    Assert.Equal(acts.Any(a => a.Who == App) ? 1 : 0, world.Open(FindingKinds.LeaverReachUsed).Count);
                    foreach (var key in (int[])[1, 2])
                    {
                        var taken = own[key].Where(a => a.IsTaken).Select(a => a.After(start)).ToList();
                        Assert.True(taken.Count == 0 || world.Newest(key) > taken.Max());
                        Assert.InRange(world.Versions[key - 1] - 2, taken.Count == 0 ? 0 : 1, taken.Count);
                    }
                },
                iter: Runs.Of(5),
                threads: 1
            );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private sealed record Act(int Minute, string Who, int Key, string Operation, int Status, int Lag)
    {
        /// <summary>Whether it used or took the key.</summary>
        public bool IsTaken => Status == 200 && Operation != "keyget";

        /// <summary>Half a minute off: never at the instant of a watch, which reads only what was before it.</summary>
        public DateTimeOffset After(DateTimeOffset start) => start + TimeSpan.FromMinutes(Minute + 0.5);
    }
}
