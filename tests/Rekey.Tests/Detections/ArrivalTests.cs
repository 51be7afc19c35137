using CsCheck;
using Rekey.Detections;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Support;

namespace Rekey.Tests.Detections;

/// <summary>
/// Whatever order the lines arrive in, how late, how often, and however sweeps cut the arrivals: when everything has arrived, what stands
/// is exactly what is true.
/// </summary>
public sealed class ArrivalTests
{
    [Fact]
    public void What_stands_in_the_end_is_the_truth() =>
        Gen.Int[0, int.MaxValue].Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: Runs.Of(20), threads: 1);

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var watch = await Watch.StartAsync(o => (o.Sweeps.MaxNetworksPerToken, o.Sweeps.MaxAddressesPerToken) = (2, 4));
        watch.WatchingIssuers();
        var world = await ArrivalWorld.MakeAsync(watch, random);
        (watch.Logs.Overlap, watch.Logs.BatchSize) = (random.Next(0, 8), random.Next(3, 40));

        // 1. Arrivals, cut into sweeps anywhere.
        foreach (var line in world.Arrivals)
        {
            watch.Logs.Arrive(line);
            if (random.Next(12) == 0)
            {
                await watch.SweepAfterAsync(TimeSpan.FromMinutes(random.Next(1, 40)));
            }
        }

        // 2. Everything has arrived, and holds have run out.
        await watch.SweepAfterAsync(TimeSpan.FromMinutes(6));
        await watch.SweepAfterAsync(watch.Options.HoldDeadline);

        // 3. Per verdict, to the last token; and the numbers that people read.
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            var truth = world.Truth(verdict);
            Assert.Equal(truth.Select(t => t.Token.Id).Distinct().Order(), watch.Raised(verdict).Order());
            var findings = watch.Company.Findings.Open.Where(f => f.Kind == verdict.FindingKind()).ToList();
            foreach (
                var (name, expected) in new (string, int)[]
                {
                    ("tokens", truth.Select(t => t.Token.Id).Distinct().Count()),
                    ("subjects", truth.Select(t => (world.CampaignOf(t), t.Token.Iss, t.Token.Sub)).Distinct().Count()),
                    ("addresses", truth.Select(t => (world.CampaignOf(t), t.SrcIpAddr)).Distinct().Count()),
                }
            )
            {
                Assert.Equal(expected, findings.Sum(f => int.Parse(f.Evidence[name])));
            }

            Assert.True(findings.Sum(f => long.Parse(f.Evidence["accesses"])) <= truth.Sum(t => t.Accesses));
            Assert.Equal(truth.Count == 0, findings.Count == 0);
            if (truth.Count > 0)
            {
                Assert.Equal(
                    (truth.Min(t => t.FirstSeen), truth.Max(t => t.LastSeen)),
                    (
                        findings.Min(f => DateTimeOffset.Parse(f.Evidence["firstUse"])),
                        findings.Max(f => DateTimeOffset.Parse(f.Evidence["lastUse"]))
                    )
                );
            }
        }

        // 4. Nothing that is honest is blocked, and nothing that needs a decision was.
        var unissued = world.Truth(Verdict.Unissued).Select(t => t.Token.SigningInputSha256).ToHashSet();
        Assert.All(watch.Blocks.ById.Values, b => Assert.Contains(b.Value, unissued));
    }
}
