using Rekey.Core;
using Rekey.Departures.Feed;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Departures.Feed;

/// <summary>Graph's change subscriptions to users: the app's own, and those of another application, which it never sees.</summary>
public sealed class FakeSubscriptions(TimeProvider timeProvider)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(41_760);

    private readonly List<Made> _made = [];

    /// <summary>Whether Graph takes a second subscription to the same changes. Its documentation says no; it was seen to do so.</summary>
    public bool AllowsSecond { get; set; }

    /// <summary>Called before each call of the app; throws for an outage.</summary>
    public Action<string> Fault { get; set; } = _ => { };

    /// <summary>Called after each call of the app has taken effect.</summary>
    public Func<string, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>The calls of the app.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The app's subscriptions that live.</summary>
    public IReadOnlyList<Made> Live => [.. _made.Where(m => m is { OfApp: true } && m.EndsAt > timeProvider.GetUtcNow())];

    public IReadOnlyList<Made> OfOthers => [.. _made.Where(m => !m.OfApp)];

    public void Add(Made made) => _made.Add(made);

    public void Remove(Guid id) => _made.RemoveAll(m => m.Id == id);

    /// <summary>One process's access.</summary>
    public IChangeSubscriptions For(Fate fate) => new Port(this, fate);

    /// <param name="OfApp">False: another application made it.</param>
    public sealed record Made(Guid Id, string Url, string ClientState, DateTimeOffset EndsAt, bool OfApp = true)
    {
        public int Reauthorized { get; init; }
    }

    private sealed class Port(FakeSubscriptions graph, Fate fate) : IChangeSubscriptions
    {
        public Task<IReadOnlyList<ChangeSubscription>> ListAsync(CancellationToken cancellationToken) =>
            fate.ReadAsync<IReadOnlyList<ChangeSubscription>>(() =>
            {
                graph.Call("list");
                return Task.FromResult<IReadOnlyList<ChangeSubscription>>([.. graph.Live.Select(Shown)]);
            });

        public Task<ChangeSubscription?> CreateAsync(NewSubscription subscription, CancellationToken cancellationToken) =>
            DoAsync("create", () =>
            {
                Check(subscription.EndsAt);
                if (!graph.AllowsSecond && graph.Live.Count > 0)
                {
                    return null;
                }

                var made = new Made(Guid.NewGuid(), subscription.NotificationUrl, subscription.ClientState, subscription.EndsAt);
                graph._made.Add(made);
                return Shown(made);
            });

        public Task<ChangeSubscription?> RenewAsync(Guid id, DateTimeOffset endsAt, CancellationToken cancellationToken) =>
            DoAsync("renew", () =>
            {
                Check(endsAt);
                return Change(id, m => m with { EndsAt = endsAt });
            });

        public async Task<bool> ReauthorizeAsync(Guid id, CancellationToken cancellationToken) =>
            await DoAsync("reauthorize", () => Change(id, m => m with { Reauthorized = m.Reauthorized + 1 })) is not null;

        public Task RemoveAsync(Guid id, CancellationToken cancellationToken) => DoAsync("remove", () =>
            {
                Assert.Contains(graph._made, m => m.Id == id && m.OfApp);
                graph._made.RemoveAll(m => m.Id == id);
                return null;
            });

        private async Task<ChangeSubscription?> DoAsync(string call, Func<ChangeSubscription?> act)
        {
            var result = await fate.DoAsync(call, () =>
            {
                graph.Call(call);
                return Task.FromResult(act());
            });
            await graph.After(call);
            return result;
        }

        private ChangeSubscription? Change(Guid id, Func<Made, Made> change)
        {
            if (graph.Live.FirstOrDefault(m => m.Id == id) is not { } found)
            {
                return null;
            }

            var changed = change(found);
            graph._made[graph._made.IndexOf(found)] = changed;
            return Shown(changed);
        }

        /// <summary>Graph refuses an end that is too far away, or over.</summary>
        private void Check(DateTimeOffset endsAt)
        {
            if (endsAt <= graph.Now || endsAt > graph.Now + Longest)
            {
                throw new CannotContinueException("graph-bad-request", "Creating /v1.0/subscriptions: 400.", "Report a bug.");
            }
        }

        private static ChangeSubscription Shown(Made made) => new(made.Id, "/Users", made.Url, made.EndsAt);
    }

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    private void Call(string call)
    {
        Fault(call);
        Calls.Add(call);
    }
}
