namespace Rekey.Local.Graph;

/// <summary>The users: those that are there, and those that can still be restored.</summary>
internal sealed class LocalDirectory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GraphUser> _users = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<UserChange> _changes = [];

    /// <summary>All users, those included that can be restored, in the order of their ids.</summary>
    public IReadOnlyList<GraphUser> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _users.Values.OrderBy(u => u.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Every change, the earliest first.</summary>
    public IReadOnlyList<UserChange> Changes
    {
        get
        {
            lock (_gate)
            {
                return [.. _changes];
            }
        }
    }

    /// <summary>Finds a user by object id or sign-in name.</summary>
    public GraphUser? Find(string idOrName)
    {
        lock (_gate)
        {
            return _users.Values.FirstOrDefault(u =>
                u.DeletedDateTime is null && (Same(u.Id, idOrName) || Same(u.UserPrincipalName, idOrName))
            );
        }
    }

    public GraphUser? FindDeleted(string id)
    {
        lock (_gate)
        {
            return _users.GetValueOrDefault(id) is { DeletedDateTime: not null } user ? user : null;
        }
    }

    public void Add(GraphUser user)
    {
        lock (_gate)
        {
            _users.Add(user.Id, user);
            _changes.Add(new(user.Id, IsRestored: true, EnabledChanged: true));
        }
    }

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public void Change(string id, Func<GraphUser, GraphUser?> change)
    {
        lock (_gate)
        {
            var before = _users.GetValueOrDefault(id) ?? throw new KeyNotFoundException($"The directory has no user {id}.");
            var changed = change(before);
            _changes.Add(
                new(
                    before.Id,
                    before.DeletedDateTime is not null && changed is { DeletedDateTime: null },
                    before.AccountEnabled != changed?.AccountEnabled
                )
            );
            if (changed is null)
            {
                _users.Remove(id);
            }
            else
            {
                _users[id] = changed;
            }
        }
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
