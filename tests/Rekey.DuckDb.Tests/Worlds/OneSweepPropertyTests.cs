using CsCheck;
using Rekey.Detections;
using Rekey.DuckDb.Detections;
using Rekey.DuckDb.Tests.Detections;
using Rekey.Tests.Support;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>On any world the engine finds what the README says, to the last row: recall and precision are 1.</summary>
public sealed class OneSweepPropertyTests
{
    [Fact]
    public void The_engine_finds_what_the_readme_says() =>
        TokenWorldGen.World.Sample(
            world =>
            {
                var (sightings, gaps) = CaseEngine.Run(
                    world.Issued.Select(i => i.ToJson()),
                    world.Accessed.Select(a => a.ToJson()),
                    world.Parameters,
                    world.ArrivedUntil,
                    database =>
                    {
                        var all = DetectionCatalog.LoadSql().ToLookup(d => d.Yields);
                        return (
                            all[DetectionRows.Tokens]
                                .SelectMany(d => DetectionQuery.Sightings(database, d, CancellationToken.None))
                                .ToList(),
                            all[DetectionRows.Gaps].SelectMany(d => DetectionQuery.Gaps(database, d, CancellationToken.None)).ToList()
                        );
                    }
                );
                Assert.Equal(Text(Oracle.Sightings(world)), Text(sightings));
                Assert.Equal(Text(Oracle.Gaps(world).Concat(Oracle.SilentIssuers(world))), Text(gaps));
            },
            iter: Runs.Of(12),
            threads: 1
        );

    /// <summary>A truth in which something never happens would prove nothing about it. So many worlds that what is rare in one is certain
    /// among them.</summary>
    [Fact]
    public void Generated_worlds_hold_every_verdict_and_every_gap()
    {
        var verdicts = new HashSet<Verdict>();
        var (gaps, silent) = (new HashSet<bool>(), new HashSet<bool>());
        TokenWorldGen.World.Sample(
            world =>
            {
                verdicts.UnionWith(Oracle.Sightings(world).Select(s => s.Verdict));
                gaps.UnionWith(Oracle.Gaps(world).Select(g => g.To is null));
                silent.Add(Oracle.SilentIssuers(world).Any());
            },
            iter: 1000,
            threads: 1
        );
        Assert.Equal(Enum.GetValues<Verdict>(), verdicts.Order());
        Assert.Equal(2, gaps.Count);
        Assert.Equal(2, silent.Count);
    }

    private static IEnumerable<string> Text<T>(IEnumerable<T> rows) => rows.Select(r => r!.ToString()!).Order(StringComparer.Ordinal);
}
