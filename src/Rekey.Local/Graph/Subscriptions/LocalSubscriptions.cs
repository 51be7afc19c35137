namespace Rekey.Local.Graph.Subscriptions;

/// <summary>The subscriptions to changes of users. Those that have ended are forgotten, as Graph does.</summary>
internal sealed class LocalSubscriptions(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphSubscription> _all = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that live, the newest last.</summary>
    public IReadOnlyList<GraphSubscription> Live
    {
        get
        {
            lock (_gate)
            {
                var now = timeProvider.GetUtcNow();
                foreach (var ended in _all.Values.Where(s => s.ExpiresAt <= now).ToList())
                {
                    _all.Remove(ended.Id);
                }

                return [.. _all.Values];
            }
        }
    }

    /// <summary>Adds one; false when the application has one for the same changes.</summary>
    public bool TryAdd(GraphSubscription subscription)
    {
        lock (_gate)
        {
            if (
                Live.Any(s =>
                    s.ApplicationId == subscription.ApplicationId
                    && s.ChangeType.Equals(subscription.ChangeType, StringComparison.OrdinalIgnoreCase)
                )
            )
            {
                return false;
            }

            _all.Add(subscription.Id, subscription);
            return true;
        }
    }

    /// <summary>Changes one that lives; null removes it.</summary>
    public void Change(string id, GraphSubscription? changed)
    {
        lock (_gate)
        {
            if (changed is null)
            {
                _all.Remove(id);
            }
            else
            {
                _all[id] = changed;
            }
        }
    }
}
