using Microsoft.Extensions.Time.Testing;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.Findings.Record;

namespace Rekey.Functions.Tests.Findings;

/// <summary>Every kind of finding closes by itself, and a repeat after that is reported (scale.md 6b).</summary>
public sealed class FindingClosingsTests
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KeptFindings _kept;
    private readonly CloseQuietFindings _quiet;

    public FindingClosingsTests()
    {
        _kept = new(_clock);
        _quiet = new(_kept.OnRecord, _kept.Findings, _clock);
    }

    /// <summary>Kinds whose end Rekey cannot see.</summary>
    public static TheoryData<string> Quiet => [.. Kinds.Where(FindingClosings.IsQuiet)];

    /// <summary>Kinds that Rekey closes when it sees that they are over.</summary>
    public static TheoryData<string> Seen => [.. Kinds.Where(k => !FindingClosings.IsQuiet(k))];

    private static IEnumerable<string> Kinds =>
        typeof(FindingKinds)
            .GetFields()
            .Select(f => (string)f.GetRawConstantValue()!)
            .Concat(Enum.GetValues<Verdict>().Select(v => v.FindingKind()));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Quiet))]
    public async Task What_was_not_seen_for_seven_days_closes_and_a_repeat_is_reported(string kind)
    {
        await RaiseAsync(kind);
        _clock.Advance(FindingClosings.Quiet - TimeSpan.FromSeconds(1));
        await _quiet.RunAsync(Cancel);
        Assert.Null(Assert.Single(_kept.All).ClosedAt);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _quiet.RunAsync(Cancel);
        Assert.Equal("It was not seen for seven days.", Assert.Single(_kept.All).ClosedBecause);

        await RaiseAsync(kind);
        Assert.Equal(2, Assert.Single(_kept.All).Opening);
        Assert.Equal(2, _kept.Log.Count(l => l.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Quiet))]
    public async Task What_is_still_seen_stays_open_with_a_line_a_day(string kind)
    {
        for (var hour = 0; hour < 30 * 24; hour++)
        {
            await RaiseAsync(kind);
            await _quiet.RunAsync(Cancel);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal((null, 1), (Assert.Single(_kept.All).ClosedAt, _kept.All[0].Opening));
        Assert.Equal(30, _kept.Lines.Count);
        Assert.Single(_kept.Log);
    }

    /// <summary>A rotation that is stuck for a year is stuck.</summary>
    [Theory]
    [MemberData(nameof(Seen))]
    public async Task What_Rekey_sees_the_end_of_does_not_close_by_time_alone(string kind)
    {
        await RaiseAsync(kind);
        _clock.Advance(TimeSpan.FromDays(400));
        await _quiet.RunAsync(Cancel);
        Assert.Null(Assert.Single(_kept.All).ClosedAt);
        Assert.NotEqual("It was not seen for seven days.", FindingClosings.Of(kind));
    }

    private Task RaiseAsync(string kind) =>
        _kept.Findings.RaiseAsync(
            new(
                kind,
                "it",
                Severity.High,
                "It.",
                "Do.",
                new Dictionary<string, string>(StringComparer.Ordinal),
                _clock.GetUtcNow(),
                _clock.GetUtcNow()
            ),
            Cancel
        );
}
