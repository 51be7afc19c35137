using Microsoft.Extensions.Time.Testing;
using Rekey.Ledgers.Segments;

namespace Rekey.Tests.Ledgers;

/// <summary>Processes that contend for the ledger's end do not slow each other down, and none waits for ever.</summary>
public sealed class AppendPaceTests
{
    private static readonly TimeSpan Call = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly AppendPace _pace;

    public AppendPaceTests() => _pace = new(_clock);

    [Fact]
    public async Task A_writer_that_is_alone_never_waits()
    {
        for (var n = 0; n < 200; n++)
        {
            Assert.True(_pace.WaitAsync(default).IsCompleted);
            await AppendAsync(Call, isFirst: true);
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public async Task A_writer_that_wins_again_and_again_gives_way_now_and_then()
    {
        var (pauses, appends) = (0, 240);
        for (var n = 0; n < appends; n++)
        {
            var pause = _pace.WaitAsync(default);
            if (!pause.IsCompleted)
            {
                pauses++;
                _clock.Advance(2 * Call);
                Assert.False(pause.IsCompleted);
                _clock.Advance(Call);
            }

            await pause;
            await AppendAsync(Call, isFirst: true);
        }

        Assert.InRange(pauses, appends / 30, appends / 20);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(19, 100)]
    public async Task A_writer_that_loses_waits_at_random_and_longer_each_time(int times, int most)
    {
        var pauses = new List<int>();
        for (var again = 0; again < 200; again++)
        {
            var pace = new AppendPace(_clock);
            for (var n = 0; n < times; n++)
            {
                await AppendAsync(Call, isFirst: false, pace);
            }

            var (pause, calls) = (pace.WaitAsync(default), 0);
            for (; !pause.IsCompleted; calls++)
            {
                _clock.Advance(Call);
            }

            pauses.Add(calls);
        }

        Assert.InRange(pauses.Max(), (most / 2) + 1, most);
        Assert.InRange(pauses.Average(), most / 4.0, (most * 0.75) + 0.5);
    }

    [Fact]
    public async Task While_the_store_is_away_no_pause_is_long()
    {
        await AppendAsync(TimeSpan.FromMinutes(1), isFirst: false);
        var pause = _pace.WaitAsync(default);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await pause.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private Task<string?> AppendAsync(TimeSpan takes, bool isFirst, AppendPace? pace = null) =>
        (pace ?? _pace).RunAsync(() =>
        {
            _clock.Advance(takes);
            return Task.FromResult(isFirst ? "written" : null);
        });
}
