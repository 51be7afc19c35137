using System.Net;
using Rekey.Detections;
using Rekey.Detections.Samples;
using Rekey.Detections.Samples.Stories;

namespace Rekey.Tests.Detections.Samples;

/// <summary>The made-up company: its lines are as bad as real ones, and the truth about them holds.</summary>
public sealed class SampleLogsTests
{
    private static readonly SampleOptions Small = new()
    {
        Days = 200,
        Accesses = 8_000,
        Subjects = 2_000,
        ForgedTokens = 2_400,
    };

    public static TheoryData<int, int> Seeds =>
        new()
        {
            { 1, 200 },
            { 2, 30 },
            { 3, 2 },
        };

    [Fact]
    public void The_same_options_make_the_same_lines_and_another_seed_makes_others()
    {
        var (one, again, other) = (Read(Small), Read(Small), Read(Small with { Seed = 2 }));
        Assert.Equal(one.Lines, again.Lines);
        Assert.Equal(one.Truth.Sightings, again.Truth.Sightings);
        Assert.NotEqual(one.Lines, other.Lines);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_truth_is_what_was_planned_and_no_honest_token_is_in_it(int seed, int days)
    {
        var (_, truth) = Read(Small with { Seed = seed, Days = days });
        var tokens = truth.Sightings.GroupBy(s => s.Verdict).ToDictionary(g => g.Key, g => g.Select(s => s.Token.Id).Distinct().Count());
        Assert.Equal(
            new Dictionary<Verdict, int>
            {
                [Verdict.Unissued] = Small.ForgedTokens + 4,
                [Verdict.Altered] = 12 + 4,
                [Verdict.OutOfWindow] = 9 + 4,
                [Verdict.RetiredKey] = 4 + 4 + 4,
                [Verdict.VerifierLag] = 4,
                [Verdict.Unidentified] = 20,
                [Verdict.Shared] = 6 + 3,
            },
            tokens
        );
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_truth_is_the_definitions_over_the_lines_as_they_arrive(int seed, int days)
    {
        var options = Small with { Seed = seed, Days = days };
        var (lines, truth) = Read(options);
        var issuances = lines
            .OfType<IssuanceLine>()
            .Select(l => l with { Arrived = default })
            .Distinct()
            .ToLookup(l => (l.Iss, (string?)l.Jti));
        var accesses = lines.OfType<AccessLine>().Select(l => l with { Arrived = default }).Distinct().ToList();
        var definitions = new VerdictDefinitions(new SampleLogs(options).Parameters);
        var judged = accesses
            .GroupBy(a => (a.Token.Iss, a.Token.Jti))
            .SelectMany(g => definitions.Judge(new([.. issuances[g.Key]], [.. g])));
        Assert.Equal(truth.Sightings.ToHashSet(), judged.ToHashSet());
        Assert.Equal((issuances.Sum(g => g.Count()), accesses.Count), (truth.Issuances, truth.Accesses));
    }

    [Fact]
    public void The_forger_comes_from_every_address_over_months_and_only_from_addresses_that_belong_to_nobody()
    {
        var logs = new SampleLogs(Small);
        var lines = logs.Lines().ToList();
        var damage = logs.Truth.Damage;
        Assert.Equal(
            (logs.StolenIssuer, logs.StolenKid, 2_313, Small.ForgedTokens + 12),
            (damage.Iss, damage.Kid, damage.Addresses, damage.Tokens)
        );
        Assert.InRange(damage.DaysExposed, 150, 161);
        Assert.InRange(damage.Subjects, 1_800, 2_000);
        Assert.All(lines.OfType<AccessLine>(), l => Assert.True(BelongsToNobody(IPAddress.Parse(l.SrcIpAddr!)), l.SrcIpAddr));

        // Some of the forger's addresses are a carrier's: honest holders come from there too.
        var forged = logs.Truth.Sightings.Where(s => s.Verdict.IsForgery()).ToList();
        var ids = forged.Select(s => s.Token.Id).ToHashSet();
        var honest = lines.OfType<AccessLine>().Where(l => !ids.Contains(l.Token.Id)).Select(l => l.SrcIpAddr).ToHashSet();
        Assert.Contains(forged, s => honest.Contains(s.SrcIpAddr));
    }

    [Fact]
    public void Lines_come_late_twice_skewed_and_out_of_order_and_carriers_hide_many_holders()
    {
        var (lines, _) = Read(Small);
        var accesses = lines.OfType<AccessLine>().ToList();
        Assert.Equal(lines.Select(l => l.Arrived).Order(), lines.Select(l => l.Arrived));
        Assert.Contains(accesses, l => l.Arrived - l.TimeGenerated > TimeSpan.FromDays(2));
        Assert.Contains(accesses, l => l.TimeGenerated < l.Token.IssuedAt);
        Assert.NotEqual(accesses.Select(l => l.TimeGenerated).Order(), accesses.Select(l => l.TimeGenerated));
        Assert.Contains(accesses.GroupBy(l => l with { Arrived = default }), g => g.Count() > 1);
        Assert.Contains(lines.OfType<IssuanceLine>().GroupBy(l => l with { Arrived = default }), g => g.Count() > 1);
        Assert.Contains(accesses, l => l.StatusCode == 503);
        Assert.Contains(accesses.GroupBy(l => l.SrcIpAddr), g => g.Select(l => l.Token.Sub).Distinct().Count() > 20);
        Assert.Contains(accesses, l => l.Token.SigningInputSha256 is null);
        Assert.Equal(3, accesses.Select(l => l.Token.Iss).Distinct().Count());
    }

    [Fact]
    public void Each_instance_numbers_its_lines_without_a_hole_and_never_goes_back_in_time()
    {
        var (lines, _) = Read(Small);
        var instances = lines.OfType<IssuanceLine>().GroupBy(l => (l.Iss, l.IssuerInstance)).ToList();
        Assert.Equal(9, instances.Count);
        foreach (var instance in instances)
        {
            var distinct = instance.Select(l => l with { Arrived = default }).Distinct().OrderBy(l => l.Sequence).ToList();
            Assert.Equal(Enumerable.Range(1, distinct.Count).Select(n => (long?)n), distinct.Select(l => l.Sequence));
            Assert.Equal(distinct.Select(l => l.TimeGenerated).Order(), distinct.Select(l => l.TimeGenerated));
        }
    }

    [Fact]
    public void Keys_are_rotated_by_age_and_every_issuance_keeps_to_its_keys_window_but_four()
    {
        var logs = new SampleLogs(Small);
        var windows = logs.Parameters.Windows.ToDictionary(w => (w.Iss, w.Kid));
        Assert.True(windows.Count >= 8, $"{windows.Count} keys");
        var outside = logs.Lines()
            .OfType<IssuanceLine>()
            .DistinctBy(l => l.Jti)
            .Count(l => windows[(l.Iss, l.Kid!)] is var w && (l.IssuedAt < w.TrustedFrom || l.IssuedAt > w.IssuedUntil));
        Assert.Equal(4, outside);
    }

    [Fact]
    public void Options_that_do_not_hold_are_named_all_at_once()
    {
        var mistake = Assert.Throws<ArgumentException>(() =>
            new SampleLogs(
                new()
                {
                    Days = 1,
                    Accesses = 1,
                    ForgedTokens = 5,
                }
            )
        );
        Assert.Contains("Days must", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("Accesses must", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("ForgedTokens must", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_truth_is_not_told_before_all_lines_were_read() =>
        Assert.Throws<InvalidOperationException>(() => new SampleLogs(Small).Truth);

    private static (List<SampleLine> Lines, SampleTruth Truth) Read(SampleOptions options)
    {
        var logs = new SampleLogs(options);
        return ([.. logs.Lines()], logs.Truth);
    }

    private static bool BelongsToNobody(IPAddress address) =>
        new[] { "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32" }.Any(n =>
            IPNetwork.Parse(n).Contains(address)
        );
}
