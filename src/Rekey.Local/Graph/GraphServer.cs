using Rekey.Local.Faults;
using Rekey.Local.Graph.Subscriptions;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph;

/// <summary>
/// The part of Microsoft Graph about users, groups and owners, over https. Users are changed in-process; each change raises
/// <see cref="Changed"/> once it can be read.
/// </summary>
public sealed class GraphServer : IAsyncDisposable
{
    /// <summary>Fault name of <c>GET /v1.0/users/{id}</c>.</summary>
    public const string GetUser = "GetUser";

    /// <summary>Fault name of <c>GET /v1.0/directory/deletedItems/{id}</c>.</summary>
    public const string GetDeletedItem = "GetDeletedItem";

    /// <summary>Fault name of <c>GET /v1.0/users/delta</c>.</summary>
    public const string GetUsersDelta = "GetUsersDelta";

    /// <summary>Fault name of <c>GET /v1.0/directory/deletedItems/microsoft.graph.user</c>.</summary>
    public const string GetDeletedItems = "GetDeletedItems";

    /// <summary>Fault name of <c>POST /v1.0/users/{id}/revokeSignInSessions</c>.</summary>
    public const string RevokeSessions = "RevokeSessions";

    /// <summary>Fault name of <c>GET /v1.0/groups/{id}/transitiveMembers</c>.</summary>
    public const string GetMembers = "GetMembers";

    /// <summary>Fault name of every <c>owners</c>.</summary>
    public const string GetOwners = "GetOwners";

    /// <summary>Fault name of <c>GET /v1.0/servicePrincipals/{id}</c>.</summary>
    public const string GetServicePrincipal = "GetServicePrincipal";

    /// <summary>Fault name of <c>POST /v1.0/directoryObjects/getByIds</c>.</summary>
    public const string GetByIds = "GetByIds";

    /// <summary>Fault name of <c>GET /v1.0/subscriptions</c>.</summary>
    public const string ListSubscriptions = "ListSubscriptions";

    /// <summary>Fault name of <c>GET /v1.0/subscriptions/{id}</c>.</summary>
    public const string GetSubscription = "GetSubscription";

    /// <summary>Fault name of <c>POST /v1.0/subscriptions</c>.</summary>
    public const string CreateSubscription = "CreateSubscription";

    /// <summary>Fault name of <c>PATCH /v1.0/subscriptions/{id}</c>.</summary>
    public const string RenewSubscription = "RenewSubscription";

    /// <summary>Fault name of <c>POST /v1.0/subscriptions/{id}/reauthorize</c>.</summary>
    public const string ReauthorizeSubscription = "ReauthorizeSubscription";

    /// <summary>Fault name of <c>DELETE /v1.0/subscriptions/{id}</c>.</summary>
    public const string DeleteSubscription = "DeleteSubscription";

    private const long FirstSequenceNumber = 637_900_000_000_000_000;
    private readonly LocalDirectory _directory = new();
    private readonly LocalPrincipals _principals;
    private readonly LocalSubscriptions _subscriptions;
    private readonly GraphOptions _options;
    private readonly IdentityServer _identity;
    private LoopbackHost? _host;
    private DeltaEndpoints? _delta;
    private long _sequence = FirstSequenceNumber;

    private GraphServer(GraphOptions options, IdentityServer identity)
    {
        _options = options;
        _identity = identity;
        _principals = new(_directory);
        _subscriptions = new(options.Time);
        if (options.Subscription is { } other)
        {
            _subscriptions.TryAdd(other with { ExpiresAt = other.ExpiresAt ?? options.Time.GetUtcNow() + GraphSubscription.Longest });
        }
    }

    /// <summary><c>https://localhost:{port}/</c>; requests go to <c>v1.0/…</c> below it.</summary>
    public Uri Address => _host!.Address;

    /// <summary>The faults to inject, named by <see cref="GetUser"/> and <see cref="GetDeletedItem"/>.</summary>
    public FaultInjector Faults { get; } = new();

    /// <summary>The subscriptions that live, of every application.</summary>
    public IReadOnlyList<GraphSubscription> Subscriptions => _subscriptions.Live;

    /// <summary>Handles each change once for each subscription that lives; the change returns after the handler. Without a subscription
    /// nothing is sent.</summary>
    public Func<GraphChangeEvent, Task>? Changed { get; set; }

    /// <exception cref="IOException">A fixed port is taken.</exception>
    public static async Task<GraphServer> StartAsync(
        GraphOptions options,
        IdentityServer identity,
        LocalCertificateAuthority authority,
        CancellationToken cancellationToken = default
    )
    {
        var server = new GraphServer(options, identity);
        var endpoints = new GraphEndpoints(
            identity,
            server._directory,
            server._principals,
            server._subscriptions,
            server.Faults,
            options.Time,
            () => server.Address.AbsoluteUri.TrimEnd('/')
        );
        server._delta = endpoints.Delta;
        server._host = await LoopbackHost.StartAsync(options.Port, authority.Leaf, endpoints.Map, cancellationToken);
        return server;
    }

    /// <summary>Adds a user without an event, as in an existing directory.</summary>
    /// <exception cref="ArgumentException">The id is taken.</exception>
    public void AddUser(GraphUser user) => _directory.Add(user);

    /// <summary>Adds or changes a group without an event.</summary>
    public void Set(GraphGroup group) => _principals.Set(group);

    /// <summary>Adds or changes a service principal without an event.</summary>
    public void Set(GraphServicePrincipal principal) => _principals.Set(principal);

    /// <summary>Tells whether a principal is in a group, also through nested groups.</summary>
    public bool IsMember(string groupId, string id) =>
        _principals.FindGroup(groupId) is { } group && _principals.TransitiveMembers(group).Contains(id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets every token of users/delta expire, as they do after a week.</summary>
    public void ExpireDeltaTokens() => _delta!.Expire();

    /// <summary>The user as the directory has them, deleted ones included; null when they are gone.</summary>
    public GraphUser? FindUser(string id) => _directory.Find(id) ?? _directory.FindDeleted(id);

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task DisableAsync(string id) =>
        ChangeAsync(id, GraphChangeEvent.Updated, user =>
            user with
            {
                AccountEnabled = false,
                SignInSessionsValidFromDateTime = _options.Time.GetUtcNow(),
            }
        );

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task EnableAsync(string id) => ChangeAsync(id, GraphChangeEvent.Updated, user => user with { AccountEnabled = true });

    /// <summary>Makes any other change, such as a planned last day.</summary>
    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task UpdateAsync(string id, Func<GraphUser, GraphUser> change) => ChangeAsync(id, GraphChangeEvent.Updated, change);

    /// <summary>Deletes a user so that they can be restored. Graph reports it as an update.</summary>
    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task DeleteAsync(string id) =>
        ChangeAsync(id, GraphChangeEvent.Updated, user =>
            user.DeletedDateTime is not null
                ? user
                : user with
                {
                    DeletedDateTime = _options.Time.GetUtcNow(),
                    UserPrincipalName = Prefix(user) + user.UserPrincipalName,
                }
        );

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task RestoreAsync(string id) =>
        ChangeAsync(id, GraphChangeEvent.Updated, user =>
            user.DeletedDateTime is null
                ? user
                : user with
                {
                    DeletedDateTime = null,
                    UserPrincipalName = user.UserPrincipalName[Prefix(user).Length..],
                }
        );

    /// <summary>Deletes a user for good.</summary>
    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public Task PurgeAsync(string id) => ChangeAsync(id, GraphChangeEvent.Deleted, _ => null);

    /// <summary>Deletes a subscription, as its application or an administrator can.</summary>
    public void RemoveSubscription(string id) => _subscriptions.Change(id, changed: null);

    /// <summary>Gives the event that a change of this user would send now for the newest subscription, without raising
    /// <see cref="Changed"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no subscription.</exception>
    public GraphChangeEvent NewEvent(string userId, string type = GraphChangeEvent.Updated) =>
        NewEvent(
            userId,
            type,
            Subscriptions is [.., var newest] ? newest : throw new InvalidOperationException("There is no subscription.")
        );

    private GraphChangeEvent NewEvent(string userId, string type, GraphSubscription subscription)
    {
        var now = _options.Time.GetUtcNow();
        return new GraphChangeEvent
        {
            Id = Guid.NewGuid().ToString(),
            Type = type,
            UserId = userId,
            TenantId = _identity.TenantId,
            Subscription = subscription,
            SubscriptionExpires = subscription.ExpiresAt ?? now,
            EventTime = now,
            Time = now,
            SequenceNumber = Interlocked.Increment(ref _sequence),
        };
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static string Prefix(GraphUser user) => user.Id.Replace("-", string.Empty, StringComparison.Ordinal);

    private async Task ChangeAsync(string id, string type, Func<GraphUser, GraphUser?> change)
    {
        _directory.Change(id, change);
        if (Changed is { } listener)
        {
            foreach (var subscription in Subscriptions)
            {
                await listener(NewEvent(id, type, subscription));
            }
        }
    }
}
