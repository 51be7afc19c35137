using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Departures.CuttingOff;

namespace Rekey.Azure.Entra;

/// <summary>
/// Revokes sign-in sessions through Microsoft Graph v1.0, as a separate identity. Least privilege: application permission
/// <c>User.RevokeSessions.All</c>, which reads nothing.
/// </summary>
internal sealed class GraphSessions : ISignInSessions
{
    private readonly RestCalls _calls;

    /// <remarks>It does not wait on a throttle: the timer retries.</remarks>
    public GraphSessions(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider) =>
        _calls = new(
            credential,
            options.Scope,
            options,
            new(
                "graph",
                options.Endpoint,
                "Grant the identity Departures:CutOffClientId the application permission User.RevokeSessions.All with admin consent."
            )
            {
                Waits = false,
            },
            gates,
            timeProvider
        );

    public bool IsConfigured => true;

    public Task RevokeAsync(Guid personId, CancellationToken cancellationToken) =>
        _calls.ActAsync($"/v1.0/users/{personId:D}/revokeSignInSessions", cancellationToken);
}
