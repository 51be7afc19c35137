using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Azure.Entra;

/// <summary>
/// Reads accounts through Microsoft Graph v1.0, <c>/users/delta</c> and <c>/directory/deletedItems</c>. Least privilege: application
/// permission <c>User.Read.All</c>.
/// </summary>
internal sealed class GraphAccountFeed : IAccountFeed
{
    private const string Changes = "/v1.0/users/delta?$select=id,accountEnabled";
    private const string Deleted = "/v1.0/directory/deletedItems/microsoft.graph.user?$select=id";

    private readonly RestCalls _calls;
    private readonly RestService _service;

    public GraphAccountFeed(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider)
    {
        // A change then has accountEnabled only if that has changed.
        _service = new("graph", options.Endpoint, "Grant the app's identity the application permission User.Read.All with admin consent.")
        {
            Prefer = "return=minimal",
        };
        _calls = new(credential, options.Scope, options, _service, gates, timeProvider);
    }

    public async Task<AccountPage?> ReadChangesAsync(string? link, CancellationToken cancellationToken)
    {
        if (await _calls.FindPageAsync(Changes, link, GraphJson.Default.AccountPage, cancellationToken) is not { } page)
        {
            return null;
        }

        var rows = Rows(page, Standing, Changes);
        if (link is null && rows.Count > 0 && rows.All(r => r.Standing is null))
        {
            throw new CannotContinueException(
                "graph-forbidden",
                "Graph returned users without accountEnabled, so Rekey cannot see which accounts are disabled.",
                "Grant the app's identity User.Read.All: User.ReadBasic.All does not include this property."
            );
        }

        // Without either link Rekey could not go on.
        return (page.NextLink, page.DeltaLink) is (null, null)
            ? throw new RetryLaterException("Reading /v1.0/users/delta: the reply has neither a next nor a delta link.")
            : new(rows, Own(page.NextLink), Own(page.DeltaLink));
    }

    public async Task<AccountPage?> ReadDeletedAsync(string? link, CancellationToken cancellationToken) =>
        await _calls.FindPageAsync(Deleted, link, GraphJson.Default.AccountPage, cancellationToken) is { } page
            ? new(Rows(page, _ => PersonStanding.Deleted, Deleted), Own(page.NextLink), Delta: null)
            : null;

    private static PersonStanding? Standing(GraphWire.Account account) =>
        account switch
        {
            { Removed: { Reason: var reason } } => string.Equals(reason, "deleted", StringComparison.OrdinalIgnoreCase)
                ? PersonStanding.Unknown
                : PersonStanding.Deleted,
            { AccountEnabled: true } => PersonStanding.Enabled,
            { AccountEnabled: false } => PersonStanding.Disabled,
            _ => null,
        };

    private static IReadOnlyList<AccountRow> Rows(
        GraphWire.AccountPage page,
        Func<GraphWire.Account, PersonStanding?> standing,
        string path
    ) =>
        [
            .. (page.Value ?? throw new RetryLaterException($"Reading {path.Split('?')[0]}: the reply has no list.")).Select(a =>
                Guid.TryParse(a.Id, out var id)
                    ? new AccountRow(id, standing(a))
                    : throw new RetryLaterException($"Reading {path.Split('?')[0]}: an account has no id.")
            ),
        ];

    /// <exception cref="CannotContinueException">The link leads to another host.</exception>
    private string? Own(string? link) =>
        link is null || (Uri.TryCreate(link, UriKind.Absolute, out var address) && _service.Owns(address))
            ? link
            : throw new CannotContinueException(
                "graph-bad-reply",
                "Graph's list of accounts links to another host. Rekey sends no token there.",
                "Check the proxies between Rekey and Azure."
            );
}
