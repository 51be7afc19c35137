using Rekey.Core;
using Rekey.Departures.CuttingOff;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.People;

/// <summary>The sign-in sessions of people, as Graph revokes them.</summary>
public sealed class FakeSessions
{
    /// <summary>Whose sessions were revoked, in order.</summary>
    public List<Guid> Revoked { get; } = [];

    /// <summary>Whether an identity is configured.</summary>
    public bool HasIdentity { get; init; } = true;

    /// <summary>Graph refuses: the permission is missing.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>Graph does not answer.</summary>
    public bool IsSilent { get; set; }

    public ISignInSessions For(Fate fate) => new Port(this, fate);

    private sealed class Port(FakeSessions sessions, Fate fate) : ISignInSessions
    {
        public bool IsConfigured => sessions.HasIdentity;

        public Task RevokeAsync(Guid personId, CancellationToken cancellationToken) =>
            !sessions.HasIdentity ? throw new CannotContinueException(ISignInSessions.NotSet, "There is no identity.", "Set one.")
            : sessions.IsForbidden ? throw new CannotContinueException("graph-forbidden", "Graph refused: 403.", "Grant the permission.")
            : sessions.IsSilent ? throw new RetryLaterException("Graph does not answer.")
            : fate.DoAsync("revoke sessions", () =>
            {
                sessions.Revoked.Add(personId);
                return Task.CompletedTask;
            });
    }
}
