using Microsoft.Extensions.Time.Testing;
using Rekey.Functions.Sweeps;

namespace Rekey.Functions.Tests;

/// <summary>Messages that ask for a sweep cost no more than a sweep.</summary>
public sealed class SweepTurnsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task However_many_ask_while_one_runs_or_just_after_it_it_is_one()
    {
        var (turns, ran, end) = (new SweepTurns(_clock), 0, new TaskCompletionSource());
        Task SweepAsync()
        {
            ran++;
            return end.Task;
        }

        var first = turns.TryRunAsync(SweepAsync);
        foreach (var _ in Enumerable.Range(0, 50))
        {
            Assert.False(await turns.TryRunAsync(SweepAsync));
        }

        end.SetResult();
        Assert.True(await first);
        Assert.False(await turns.TryRunAsync(SweepAsync));
        Assert.Equal(1, ran);
        _clock.Advance(SweepTurns.Rest);
        Assert.True(await turns.TryRunAsync(SweepAsync));
    }

    [Fact]
    public async Task The_timer_is_never_put_off_and_its_sweep_counts()
    {
        var (turns, ran) = (new SweepTurns(_clock), 0);
        Task SweepAsync() => Task.FromResult(ran++);
        await turns.RunAsync(SweepAsync);
        await turns.RunAsync(SweepAsync);
        Assert.False(await turns.TryRunAsync(SweepAsync));
        Assert.Equal(2, ran);
    }

    [Fact]
    public async Task One_that_failed_keeps_nobody_away_for_longer()
    {
        var turns = new SweepTurns(_clock);
        await Assert.ThrowsAsync<RetryLaterException>(() => turns.TryRunAsync(() => throw new RetryLaterException("Away.")));
        _clock.Advance(SweepTurns.Rest);
        Assert.True(await turns.TryRunAsync(() => Task.CompletedTask));
    }
}
