using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.SecurityEvents;
using Rekey.Notifications.Channels;

namespace Rekey.Azure.Entra;

/// <summary>Reads people through Microsoft Graph v1.0. Least privilege: application permission <c>User.Read.All</c>.</summary>
internal sealed class GraphDirectory : IDirectory, IPersonNames, IPersonLookup
{
    private const int LongestReply = 64 * 1024;

    private readonly RestCalls _calls;

    /// <remarks>It does not wait on a throttle: the sender keeps the event, and delivers it again.</remarks>
    public GraphDirectory(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider) =>
        _calls = new(
            credential,
            options.Scope,
            options,
            new("graph", options.Endpoint, "Grant the app's identity the application permission User.Read.All with admin consent.")
            {
                LongestReply = LongestReply,
                Waits = false,
            },
            gates,
            timeProvider
        );

    public async Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancellationToken)
    {
        // Graph returns accountEnabled only on request.
        var user = await GetAsync($"/v1.0/users/{personId:D}", "id,accountEnabled", personId, cancellationToken);
        if (user is not null)
        {
            return user.AccountEnabled switch
            {
                true => PersonStanding.Enabled,
                false => PersonStanding.Disabled,
                null => throw new CannotContinueException(
                    "graph-forbidden",
                    $"Graph returned the user {personId:D} without accountEnabled, so Rekey cannot see whether the account is disabled.",
                    "Grant the app's identity User.Read.All: User.ReadBasic.All does not include this property."
                ),
            };
        }

        var deleted = await GetAsync($"/v1.0/directory/deletedItems/{personId:D}", "id", personId, cancellationToken);
        return deleted is { Type: null or "#microsoft.graph.user" } ? PersonStanding.Deleted : PersonStanding.Unknown;
    }

    public async Task<string?> FindAsync(Guid personId, CancellationToken cancellationToken) =>
        (
            await GetAsync($"/v1.0/users/{personId:D}", "id,displayName", personId, cancellationToken)
            ?? await GetAsync($"/v1.0/directory/deletedItems/{personId:D}", "id,displayName", personId, cancellationToken)
        )?.DisplayName;

    public async Task<Guid?> FindByNameAsync(string userPrincipalName, CancellationToken cancellationToken) =>
        await _calls.GetAsync(
            $"/v1.0/users/{Uri.EscapeDataString(userPrincipalName)}?$select=id",
            GraphJson.Default.DirectoryObject,
            cancellationToken
        )
            is not { } found
            ? null
        : Guid.TryParse(found.Id, out var id) ? id
        : throw new RetryLaterException("Reading a user by name: the reply has no id.");

    /// <summary>Reads an object; null only if Graph itself reports that it does not exist. A proxy can return 404 too, and that must not
    /// turn a person into a leaver.</summary>
    private async Task<GraphWire.DirectoryObject?> GetAsync(
        string path,
        string select,
        Guid personId,
        CancellationToken cancellationToken
    ) =>
        await _calls.GetAsync($"{path}?$select={select}", GraphJson.Default.DirectoryObject, cancellationToken) is not { } found ? null
        : Guid.TryParse(found.Id, out var id) && id == personId ? found
        : throw new RetryLaterException($"Reading {path}: the reply is about another object.");
}
