using Rekey.Azure.Http;
using Rekey.Azure.Tests.Support;
using Rekey.Core;

namespace Rekey.Azure.Tests.Http;

/// <summary>One gate, with the limits of everybody who uses it.</summary>
public sealed class RateGateTests
{
    private const string Versions = "new versions of a vault";
    private const string Vault = "a vault";
    private const string Logs = "Log Analytics";
    private const string Graph = "Graph";
    private const string Arm = "Resource Manager";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TestClock _clock = new();
    private readonly List<DateTimeOffset> _sent = [];
    private readonly Lock _lock = new();

    public static TheoryData<string> Users => [Versions, Vault, Logs, Graph, Arm];

    [Theory]
    [MemberData(nameof(Users))]
    public async Task After_one_429_all_wait_and_then_one_goes_first(string user)
    {
        var gate = Gate(user);
        var first = RunAsync(gate, call => call == 1 ? Throttled(7) : PassAsync());
        Task<bool>[] all = [first, .. Enumerable.Range(0, 4).Select(_ => RunAsync(gate, _ => PassAsync()))];
        Assert.Single(_sent);
        await _clock.RunAsync(Task.WhenAll(all), TimeSpan.FromMilliseconds(50));

        Assert.Equal(6, _sent.Count);
        Assert.InRange(_sent[1] - _sent[0], TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.1));
        // Queries take minutes, and five of them are no rush.
        var ahead = user == Logs ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);
        Assert.All(_sent[2..], sent => Assert.InRange(sent - _sent[1], ahead, ahead + TimeSpan.FromMilliseconds(100)));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_call_from_before_the_refusal_does_not_open_the_gate(string user)
    {
        var (gate, early) = (Gate(user), new TaskCompletionSource<TimeSpan?>());
        var before = RunAsync(gate, _ => early.Task);
        var refused = RunAsync(gate, call => call == 2 ? Throttled(7) : PassAsync());
        early.SetResult(null);
        await before;
        Task<bool>[] all = [refused, RunAsync(gate, _ => PassAsync()), RunAsync(gate, _ => PassAsync())];
        await _clock.RunAsync(Task.WhenAll(all), TimeSpan.FromMilliseconds(50));

        Assert.Equal(5, _sent.Count);
        Assert.True(_sent[2] - _sent[1] >= TimeSpan.FromSeconds(7), "The gate has opened too early.");
        Assert.Equal(user != Logs, _sent[3] > _sent[2]);
    }

    [Theory]
    [InlineData(Versions, 1)]
    [InlineData(Vault, 1)]
    [InlineData(Logs, 30)]
    [InlineData(Graph, 1)]
    [InlineData(Arm, 1)]
    public async Task Without_a_named_time_it_waits_as_long_as_the_service_advises(string user, int seconds)
    {
        await _clock.RunAsync(
            RunAsync(Gate(user), call => call == 1 ? Task.FromResult<TimeSpan?>(TimeSpan.MinValue) : PassAsync()),
            TimeSpan.FromMilliseconds(50)
        );

        Assert.InRange(_sent[1] - _sent[0], TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 0.3));
    }

    [Theory]
    [InlineData(Versions, "The vault kv throttles new versions.")]
    [InlineData(Vault, "The vault kv throttles requests.")]
    [InlineData(Logs, "Log Analytics throttles queries.")]
    [InlineData(Graph, "graph.microsoft.com throttles requests.")]
    [InlineData(Arm, "management.azure.com throttles requests.")]
    public async Task A_longer_wait_than_allowed_is_handed_back_at_once(string user, string message)
    {
        var gate = Gate(user);
        for (var caller = 0; caller < 3; caller++)
        {
            var later = await Assert.ThrowsAsync<RetryLaterException>(() => RunAsync(gate, _ => Throttled(300)));
            Assert.Equal((TimeSpan.FromSeconds(300 - caller), true, message), (later.Delay, later.Untouched, later.Message));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // The next callers are told without troubling the service.
        Assert.Single(_sent);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_call_that_may_not_wait_is_handed_back_at_once(string user)
    {
        var gate = Gate(user);
        for (var caller = 0; caller < 2; caller++)
        {
            var later = await Assert.ThrowsAsync<RetryLaterException>(() => RunAsync(gate, _ => Throttled(7), waits: false));
            Assert.Equal(TimeSpan.FromSeconds(7), later.Delay);
        }

        Assert.Single(_sent);
        _clock.Advance(TimeSpan.FromSeconds(7));
        var first = new TaskCompletionSource<TimeSpan?>();
        var trying = RunAsync(gate, _ => first.Task, waits: false);
        if (user != Logs)
        {
            Assert.Equal(
                TimeSpan.FromSeconds(1),
                (await Assert.ThrowsAsync<RetryLaterException>(() => RunAsync(gate, _ => PassAsync(), waits: false))).Delay
            );
        }

        first.SetResult(null);
        Assert.True(await trying);
        Assert.Equal(2, _sent.Count);
    }

    [Theory]
    [InlineData(Versions, 60)]
    [InlineData(Vault, 60)]
    [InlineData(Logs, 60)]
    [InlineData(Graph, 4)]
    [InlineData(Arm, 4)]
    public async Task Who_is_refused_every_time_gives_up(string user, int calls)
    {
        var work = RunAsync(Gate(user), _ => Throttled(1));
        await _clock.RunAsync(Record.ExceptionAsync(() => work).AsTask(), TimeSpan.FromSeconds(1));

        Assert.True((await Assert.ThrowsAsync<RetryLaterException>(() => work)).Untouched);
        Assert.InRange(_sent.Count, Math.Min(calls, 20), calls + 1);
        Assert.True(calls == 60 || _sent.Count == calls, $"{_sent.Count} calls");
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task One_that_fails_while_trying_the_gate_lets_the_next_try(string user)
    {
        var gate = Gate(user);
        Task<TimeSpan?> Answer(int call) =>
            call switch
            {
                1 => Throttled(5),
                2 => throw new IOException("broken"),
                _ => Task.FromResult<TimeSpan?>(null),
            };

        Task<bool>[] all = [RunAsync(gate, Answer), RunAsync(gate, Answer), RunAsync(gate, Answer)];
        await _clock.RunAsync(Task.WhenAll(all));

        Assert.Equal(1, all.Count(t => t.IsFaulted));
        Assert.Equal(4, _sent.Count);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Who_fails_or_gives_up_leaves_the_place_to_others(string user)
    {
        var gate = Gate(user);
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => RunAsync(gate, _ => throw new IOException("broken")));
        }

        using var giveUp = new CancellationTokenSource();
        var first = RunAsync(gate, _ => Throttled(30), cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = RunAsync(gate, _ => PassAsync());
        await _clock.RunAsync(second);
        Assert.True(await second);
        Assert.InRange(_sent[^1] - _sent[^2], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
    }

    [Theory]
    [InlineData(Versions, 8)]
    [InlineData(Vault, 64)]
    [InlineData(Logs, 5)]
    [InlineData(Graph, 150)]
    [InlineData(Arm, 150)]
    public async Task Only_so_many_calls_are_under_way_at_once(string user, int atOnce)
    {
        var (gate, now, most) = (Gate(user), 0, 0);
        async Task<TimeSpan?> CountAsync()
        {
            lock (_lock)
            {
                most = Math.Max(most, ++now);
            }

            await PassAsync();
            lock (_lock)
            {
                now--;
            }

            return null;
        }

        await _clock.RunAsync(
            Task.WhenAll(Enumerable.Range(0, 150).Select(_ => RunAsync(gate, _ => CountAsync()))),
            TimeSpan.FromMilliseconds(50)
        );

        Assert.Equal((150, atOnce), (_sent.Count, most));
    }

    [Theory]
    [InlineData(Versions, 8)]
    [InlineData(Vault, 64)]
    [InlineData(Logs, 5)]
    public async Task A_wait_for_a_place_has_a_limit_unless_calls_are_long(string user, int atOnce)
    {
        var (gate, end) = (Gate(user), new TaskCompletionSource<TimeSpan?>());
        var holders = Enumerable.Range(0, atOnce).Select(_ => RunAsync(gate, _ => end.Task)).ToArray();
        var waiter = RunAsync(gate, _ => PassAsync());
        await _clock.RunAsync(Task.Delay(TimeSpan.FromSeconds(65), _clock));
        if (user != Logs)
        {
            Assert.True((await Assert.ThrowsAsync<RetryLaterException>(() => waiter)).Untouched);
        }

        end.SetResult(null);
        await Task.WhenAll(holders);
        await _clock.RunAsync(Record.ExceptionAsync(() => waiter).AsTask());
        Assert.Equal(user == Logs, waiter.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(Versions)]
    [InlineData(Vault)]
    [InlineData(Graph)]
    [InlineData(Arm)]
    public async Task A_wait_for_the_one_that_goes_first_has_a_limit(string user)
    {
        var (gate, tries, end) = (Gate(user), new TaskCompletionSource(), new TaskCompletionSource<TimeSpan?>());
        var first = RunAsync(gate, call =>
        {
            if (call == 1)
            {
                return Throttled(5);
            }

            tries.SetResult();
            return end.Task;
        });
        await _clock.RunAsync(tries.Task);
        var second = RunAsync(gate, _ => PassAsync());
        await _clock.RunAsync(Record.ExceptionAsync(() => second).AsTask());

        Assert.Equal(TimeSpan.FromSeconds(1), (await Assert.ThrowsAsync<RetryLaterException>(() => second)).Delay);
        Assert.Equal(2, _sent.Count);
        end.SetResult(null);
        Assert.True(await first);
    }

    [Fact]
    public async Task Log_Analytics_gets_no_more_than_200_queries_in_30_seconds()
    {
        var gate = Gate(Logs, TimeSpan.FromHours(1));
        await _clock.RunAsync(
            Task.WhenAll(Enumerable.Range(0, 450).Select(_ => RunAsync(gate, _ => PassAsync()))),
            TimeSpan.FromMilliseconds(50)
        );

        Assert.Equal(450, _sent.Count);
        // Any 201 in a row take longer than the window.
        Assert.All(Enumerable.Range(0, 250), i => Assert.True(_sent[i + 200] - _sent[i] >= TimeSpan.FromSeconds(30)));
        Assert.InRange(_sent[^1] - _sent[0], TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));
    }

    [Fact]
    public void The_clients_of_one_identity_share_a_gate_for_each_service_and_quota()
    {
        var gates = new RateGates(_clock, TimeSpan.FromSeconds(60));
        RateGate[] all =
        [
            gates.Of(RateLimits.NewVersions("kv")),
            gates.Of(RateLimits.VaultRequests("kv")),
            gates.Of(RateLimits.NewVersions("kv-2")),
            gates.Of(RateLimits.Queries),
            gates.Of(RateLimits.RestRequests("graph.microsoft.com")),
            gates.Of(RateLimits.RestRequests("management.azure.com")),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Same(all[0], gates.Of(RateLimits.NewVersions("kv")));
        Assert.Same(all[4], gates.Of(RateLimits.RestRequests("graph.microsoft.com")));
    }

    private RateGate Gate(string user, TimeSpan? maxWait = null) =>
        new(
            user switch
            {
                Versions => RateLimits.NewVersions("kv"),
                Vault => RateLimits.VaultRequests("kv"),
                Logs => RateLimits.Queries,
                Graph => RateLimits.RestRequests("graph.microsoft.com"),
                _ => RateLimits.RestRequests("management.azure.com"),
            },
            maxWait ?? TimeSpan.FromSeconds(60),
            _clock
        );

    /// <param name="answer">By the number of the call. Null: it passes; the least span: a 429 without a Retry-After.</param>
    private async Task<bool> RunAsync(
        RateGate gate,
        Func<int, Task<TimeSpan?>> answer,
        bool waits = true,
        CancellationToken? cancellationToken = null
    )
    {
        var work = gate.RunAsync(
            () =>
            {
                lock (_lock)
                {
                    _sent.Add(_clock.GetUtcNow());
                    return answer(_sent.Count);
                }
            },
            reply => (reply is not null, reply == TimeSpan.MinValue ? null : reply),
            waits,
            cancellationToken ?? Cancel
        );
        // A gate that never opens is an error, not a test that hangs.
        return await work.WaitAsync(TimeSpan.FromSeconds(60)) is null;
    }

    private static Task<TimeSpan?> Throttled(int seconds) => Task.FromResult<TimeSpan?>(TimeSpan.FromSeconds(seconds));

    private async Task<TimeSpan?> PassAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), _clock);
        return null;
    }
}
