using Rekey.Core;
using Rekey.Departures.CuttingOff;

namespace Rekey.Azure.Entra;

/// <summary>The port without an identity: it revokes nothing, and an operator must.</summary>
internal sealed class NoSignInSessions : ISignInSessions
{
    public bool IsConfigured => false;

    public Task RevokeAsync(Guid personId, CancellationToken cancellationToken) =>
        throw new CannotContinueException(
            ISignInSessions.NotSet,
            "Rekey has no identity that may revoke sign-in sessions.",
            "Or set Departures:CutOffClientId to an identity that has the application permission User.RevokeSessions.All, and nothing else."
        );
}
