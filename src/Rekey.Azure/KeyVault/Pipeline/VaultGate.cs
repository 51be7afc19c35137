using Rekey.Core;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>The gate of one vault and quota: open, closed until a time, or half-open while one caller probes it.</summary>
internal sealed class VaultGate(string vault, VaultOperationLimits quota, TimeProvider timeProvider)
{
    /// <summary>The waits if the vault names none ("Azure Key Vault throttling guidance").</summary>
    private static readonly int[] Ladder = [1, 2, 4, 8, 16];

    // A window allows few creates, so more concurrent callers would only be rejected.
    private readonly SemaphoreSlim _places = quota is VaultOperationLimits.Create ? new(8, 8) : new(64, 64);
    private readonly QuotaWindow? _window = quota is VaultOperationLimits.Create ? new() : null;
    private readonly Lock _lock = new();
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _firstRejection;
    private int _rejections;
    private long _round;
    private TaskCompletionSource? _trial;

    /// <summary>Waits for a slot and for the gate.</summary>
    public async Task<Pass> EnterAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        await TakePlaceAsync(deadline, cancellationToken);
        try
        {
            while (true)
            {
                Task wait;
                lock (_lock)
                {
                    var now = timeProvider.GetUtcNow();
                    var opens = _window?.IsFull(now) is true ? Later(_window.End, _closedUntil) : _closedUntil;
                    if (now < opens)
                    {
                        if (opens > deadline)
                        {
                            throw TooLong(opens - now);
                        }

                        // Timers count whole milliseconds and cut the rest off: rounded up, or this would spin through the last one.
                        wait = Task.Delay(
                            TimeSpan.FromMilliseconds(Math.Ceiling((opens - now).TotalMilliseconds)),
                            timeProvider,
                            cancellationToken
                        );
                    }
                    else if (_trial is null)
                    {
                        _trial =
                            _rejections > 0 || _window?.WantsOpening(now) is true
                                ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
                                : null;
                        _window?.Entered();
                        return new Pass(this, _round, _trial);
                    }
                    else
                    {
                        wait = _trial.Task.WaitAsync(cancellationToken);
                    }
                }

                await wait;
            }
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    private async Task TakePlaceAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(
            deadline - timeProvider.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
            timeProvider
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await _places.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
            {
                throw TooLong(_closedUntil - timeProvider.GetUtcNow());
            }
        }
    }

    private RetryLaterException TooLong(TimeSpan wait) =>
        new(
            $"The vault {vault} throttles {(quota is VaultOperationLimits.Create ? "new versions" : "requests")}.",
            wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1)
        )
        {
            Untouched = true,
        };

    private void Open(Pass pass)
    {
        lock (_lock)
        {
            _window?.Passed(timeProvider.GetUtcNow());

            // A call from before the last rejection proves nothing about the current state.
            if (pass.Round == _round)
            {
                _rejections = 0;
            }
        }
    }

    private void Close(Pass pass, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            _window?.Refused();
            if (retryAfter is { } asked)
            {
                Count(pass, now);
                _closedUntil = Later(_closedUntil, now + asked);
                return;
            }

            // If several calls are rejected together, the first sets the wait.
            if (!Count(pass, now))
            {
                return;
            }

            var step = TimeSpan.FromSeconds(Ladder[Math.Min(_rejections, Ladder.Length) - 1] * (1 + (Random.Shared.NextDouble() * 0.2)));
            // Long after the first rejection, always allow one attempt.
            var windowEnd = _firstRejection + QuotaWindow.Length + TimeSpan.FromSeconds(Random.Shared.NextDouble() * 0.2);
            _closedUntil = now < windowEnd && windowEnd < now + step ? windowEnd : now + step;
        }
    }

    /// <summary>Counts one rejection per round of callers.</summary>
    private bool Count(Pass pass, DateTimeOffset now)
    {
        if (pass.Round != _round)
        {
            return false;
        }

        _round++;
        _firstRejection = _rejections++ == 0 ? now : _firstRejection;
        return true;
    }

    private void Leave(Pass pass)
    {
        if (pass.Trial is { } trial)
        {
            lock (_lock)
            {
                _trial = null;
            }

            trial.SetResult();
        }

        _places.Release();
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>The permission of one caller to send one request.</summary>
    internal sealed class Pass(VaultGate gate, long round, TaskCompletionSource? trial) : IDisposable
    {
        public long Round => round;

        public TaskCompletionSource? Trial => trial;

        public void Succeeded() => gate.Open(this);

        public void Rejected(TimeSpan? retryAfter) => gate.Close(this, retryAfter);

        public void Dispose() => gate.Leave(this);
    }
}
