using Microsoft.Extensions.Time.Testing;
using Rekey.Core;
using Rekey.Functions.Detections;

namespace Rekey.Functions.Tests.Detections;

/// <summary>Messages that ask for a sweep cost no more than a sweep, and none of them asks in vain.</summary>
public sealed class SweepTurnsTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_while_one_runs_there_is_one_more_behind_it()
    {
        var (turns, ran, end) = (new SweepTurns(_clock), 0, new TaskCompletionSource());
        Task SweepAsync()
        {
            ran++;
            return end.Task;
        }

        var first = turns.TryRunAsync(SweepAsync, Cancel);
        var second = turns.TryRunAsync(SweepAsync, Cancel);
        foreach (var _ in Enumerable.Range(0, 50))
        {
            Assert.False(await turns.TryRunAsync(SweepAsync, Cancel));
        }

        end.SetResult();
        Assert.True(await first);
        Assert.Equal(1, ran);
        Assert.False(second.IsCompleted);
        await RestAsync(second);
        Assert.True(await second);
        Assert.Equal(2, ran);
    }

    /// <summary>The timer's sweep may have begun before what somebody asks about had arrived.</summary>
    [Fact]
    public async Task The_timer_is_never_put_off_and_one_that_is_asked_for_just_after_it_runs_later()
    {
        var (turns, ran) = (new SweepTurns(_clock), 0);
        Task SweepAsync() => Task.FromResult(ran++);
        await turns.RunAsync(SweepAsync);
        await turns.RunAsync(SweepAsync);
        var asked = turns.TryRunAsync(SweepAsync, Cancel);
        Assert.Equal(2, ran);
        await RestAsync(asked);
        Assert.True(await asked);
        Assert.Equal(3, ran);
    }

    [Fact]
    public async Task One_that_failed_or_was_stopped_while_it_waited_keeps_nobody_away()
    {
        var turns = new SweepTurns(_clock);
        await Assert.ThrowsAsync<RetryLaterException>(() => turns.TryRunAsync(() => throw new RetryLaterException("Away."), Cancel));
        using var stop = new CancellationTokenSource();
        var stopped = turns.TryRunAsync(() => Task.CompletedTask, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        _clock.Advance(SweepTurns.Rest);
        Assert.True(await turns.TryRunAsync(() => Task.CompletedTask, Cancel));
    }

    /// <summary>Time goes on until it is done.</summary>
    private async Task RestAsync(Task waiting)
    {
        while (!waiting.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
