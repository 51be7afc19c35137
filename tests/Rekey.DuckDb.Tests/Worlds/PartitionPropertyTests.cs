using CsCheck;
using Rekey.Detections;
using Rekey.DuckDb.Tests.Folders;
using Rekey.Tests.Support;

namespace Rekey.DuckDb.Tests.Worlds;

/// <summary>
/// However the lines arrive — late, twice, in any order, cut into any files and sweeps, with processes that die in between — all sweeps
/// together find what one would.
/// </summary>
/// <remarks>
/// Where all issuances are there from the beginning, this holds for every verdict. Where some come later, <c>unissued</c>, <c>altered</c>
/// and <c>retired-key</c> may be said too early: what is left of them when the same sightings are judged again is what one sweep would
/// have found.
/// </remarks>
public sealed class PartitionPropertyTests
{
    private sealed record Arrivals(TokenWorld World, int[] FileOfAccess, int[] Again, int[] SweepOfFile, int[] SweepOfIssuance, bool[] Dies)
    {
        public override string ToString() =>
            $"{World}\nfiles {string.Join(',', FileOfAccess)} again {string.Join(',', Again)} sweeps "
            + $"{string.Join(',', SweepOfFile)} issuances {string.Join(',', SweepOfIssuance)} dies {string.Join(',', Dies)}";
    }

    private static readonly Gen<Arrivals> Any =
        from world in TokenWorldGen.World
        from files in Gen.Int[0, 3].Array[world.Accessed.Count]
        from again in Gen.Int[0, 3].Array[world.Accessed.Count]
        from sweeps in Gen.Int[0, 2].Array[4]
        from issuances in Gen.Int[0, 2].Array[world.Issued.Count]
        from dies in Gen.Bool.Array[3]
        select new Arrivals(
            world with
            {
                Accessed = [.. world.Accessed.Select(a => a with { InBatch = true })],
            },
            files,
            again,
            sweeps,
            issuances,
            dies
        );

    [Fact]
    public Task With_all_issuances_there_every_verdict_is_found_as_in_one_sweep() =>
        Any.SampleAsync(
            async arrivals =>
            {
                var (found, _) = await SweepAsync(arrivals with { SweepOfIssuance = new int[arrivals.World.Issued.Count] });
                var truth = Oracle.Sightings(arrivals.World).ToList();
                Assert.Equal(Keys(truth), Keys(found));
                foreach (var one in truth)
                {
                    var parts = found.Where(f => Key(f) == Key(one)).ToList();
                    Assert.Equal((one.FirstSeen, one.LastSeen), (parts.Min(p => p.FirstSeen), parts.Max(p => p.LastSeen)));
                    Assert.InRange(one.Accesses, parts.Max(p => p.Accesses), parts.Sum(p => p.Accesses));
                }
            },
            iter: Runs.Of(4),
            threads: 1
        );

    [Fact]
    public Task With_late_issuances_what_is_left_when_it_is_judged_again_is_as_in_one_sweep() =>
        Any.SampleAsync(
            async arrivals =>
            {
                var (found, left) = await SweepAsync(arrivals);
                var truth = Oracle.Sightings(arrivals.World).ToList();
                Assert.Superset(
                    Keys(truth.Where(s => s.Verdict is Verdict.Unissued)).ToHashSet(),
                    Keys(found.Where(s => s.Verdict is Verdict.Unissued)).ToHashSet()
                );
                Assert.Equal(Keys(truth.Where(s => s.Verdict.IsForgery())), Keys(left.Where(s => s.Verdict.IsForgery())));

                // Under retired-key only the ends of a row are known when it is asked about again: what comes of them is exactly what the
                // definitions say, and nothing else is ever said.
                var key = found.Where(s => s.Verdict is Verdict.RetiredKey).ToList();
                var again = Keys(left.Where(s => s.Verdict is Verdict.RetiredKey or Verdict.VerifierLag)).ToList();
                Assert.Equal(
                    Keys(Oracle.Again(arrivals.World, key).Where(s => s.Verdict is Verdict.RetiredKey or Verdict.VerifierLag)),
                    again
                );
                Assert.Subset(Keys(truth).ToHashSet(), again.ToHashSet());
                Assert.Equal(
                    Tokens(truth.Where(s => s.Verdict is Verdict.RetiredKey or Verdict.VerifierLag)),
                    Tokens(left.Where(s => !s.Verdict.IsForgery()).Concat(found.Where(s => s.Verdict is Verdict.VerifierLag)))
                );
                Verdict[] final = [Verdict.Unidentified, Verdict.OutOfWindow, Verdict.Shared];
                Assert.Equal(Keys(truth.Where(s => final.Contains(s.Verdict))), Keys(found.Where(s => final.Contains(s.Verdict))));
            },
            iter: Runs.Of(4),
            threads: 1
        );

    private static async Task<(List<Sighting> Found, List<Sighting> Left)> SweepAsync(Arrivals arrivals)
    {
        using var house = new FolderHouse();
        var (world, found) = (arrivals.World, new List<Sighting>());
        for (var sweep = 0; sweep < 3; sweep++)
        {
            house.Write(
                $"issued/{sweep}.ndjson",
                world.Issued.Where((_, i) => arrivals.SweepOfIssuance[i] == sweep).Select(i => i.ToJson().ToJsonString())
            );
            foreach (var file in Enumerable.Range(0, 4).Where(f => arrivals.SweepOfFile[f] == sweep))
            {
                // A line is in its own file, and perhaps in another one, too; the later it was generated, the earlier it stands.
                house.Write(
                    $"access/{file}.ndjson",
                    world
                        .Accessed.Where((_, i) => arrivals.FileOfAccess[i] == file || arrivals.Again[i] == file)
                        .Reverse()
                        .Select(a =>
                        {
                            var json = a.ToJson();
                            json.Remove("InBatch");
                            return json.ToJsonString();
                        })
                );
            }

            house.Settle();
            if (arrivals.Dies[sweep])
            {
                using var dies = house.Start();
                if (await dies.NextAsync(CancellationToken.None) is { } batch)
                {
                    found.AddRange(await FolderHouse.DetectAsync(dies, batch, world.Parameters, "unissued"));
                }
            }

            found.AddRange(await house.SweepAsync(world.Parameters) ?? []);
        }

        Assert.Equal(4, house.Judged.Count);
        Assert.Null(await house.SweepAsync(world.Parameters));
        using var log = house.Start();
        List<Sighting> left = [];
        foreach (var detection in DetectionCatalog.LoadSql().Where(d => d.Verdicts.Any(v => v.IsProvisional())))
        {
            // As a campaign asks: of its own verdict, and of those that may have become this one.
            var asked = found
                .Where(f =>
                    f.Verdict.IsProvisional()
                    && detection.Verdicts.Any(v => v == f.Verdict || f.Verdict.MayBecome(v) || v.MayBecome(f.Verdict))
                )
                .ToList();
            left.AddRange(await FolderHouse.DetectAgainAsync(log, detection.Id, asked, world.Parameters));
        }

        return (found, left);
    }

    private static IEnumerable<string> Tokens(IEnumerable<Sighting> sightings) =>
        sightings.Select(s => (s.Token, s.SrcIpAddr).ToString()).Distinct().Order(StringComparer.Ordinal);

    private static (Verdict, PresentedToken, string?) Key(Sighting s) => (s.Verdict, s.Token, s.SrcIpAddr);

    private static IEnumerable<string> Keys(IEnumerable<Sighting> sightings) =>
        sightings.Select(s => Key(s).ToString()).Distinct().Order(StringComparer.Ordinal);
}
