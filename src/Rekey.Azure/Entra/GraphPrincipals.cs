using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.Entra;

/// <summary>
/// Reads kinds, members and owners through Microsoft Graph v1.0. Least privilege: application permissions <c>GroupMember.Read.All</c>,
/// <c>Application.Read.All</c> and <c>User.ReadBasic.All</c>.
/// </summary>
internal sealed class GraphPrincipals : IPrincipals
{
    /// <summary>The maximum number of ids per call of directoryObjects/getByIds.</summary>
    private const int MaxIds = 1_000;

    private readonly RestCalls _calls;

    public GraphPrincipals(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider) =>
        _calls = new(
            credential,
            options.Scope,
            options,
            new(
                "graph",
                options.Endpoint,
                "Grant the app's identity GroupMember.Read.All, Application.Read.All and User.ReadBasic.All with admin "
                    + "consent, or accept that Rekey does not see this part."
            ),
            gates,
            timeProvider
        );

    public async Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    )
    {
        var kinds = new Dictionary<string, PrincipalKind>(StringComparer.OrdinalIgnoreCase);
        Add(kinds, await ReadAsync(ids, cancellationToken));
        return kinds;
    }

    /// <summary>Returns the names of these objects: of people the name with which they sign in, of others the display name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> GetNamesAsync(
        IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken
    )
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in await ReadAsync(ids, cancellationToken))
        {
            if (item is { Id: { } id } && (item.UserPrincipalName ?? item.DisplayName) is { Length: > 0 } name)
            {
                names[id] = name;
            }
        }

        return names;
    }

    private async Task<List<PrincipalWire.DirectoryItem>> ReadAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var all = new List<PrincipalWire.DirectoryItem>();
        foreach (var chunk in ids.Chunk(MaxIds))
        {
            var found = await _calls.PostAsync(
                "/v1.0/directoryObjects/getByIds",
                new PrincipalWire.GetByIds(chunk),
                PrincipalJson.Default.GetByIds,
                PrincipalJson.Default.ObjectPage,
                cancellationToken
            );
            all.AddRange(found?.Value ?? throw new RetryLaterException("Reading objects from Graph: the reply has no list."));
        }

        return all;
    }

    public async Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancellationToken) =>
        await ListAsync($"/v1.0/groups/{groupId}/transitiveMembers?$select=id&$top=999", cancellationToken);

    public async Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(
        string groupId,
        CancellationToken cancellationToken
    ) => await ListAsync($"/v1.0/groups/{groupId}/owners?$select=id&$top=999", cancellationToken) ?? [];

    public async Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancellationToken)
    {
        if (
            await _calls.GetAsync(
                $"/v1.0/servicePrincipals/{id}?$select=id,appId,servicePrincipalType,alternativeNames",
                PrincipalJson.Default.ServicePrincipal,
                cancellationToken
            )
            is not { } principal
        )
        {
            return null;
        }

        // A managed identity has no application with owners; an application of another tenant has its owners there.
        var isManaged = string.Equals(principal.ServicePrincipalType, "ManagedIdentity", StringComparison.OrdinalIgnoreCase);
        var owners = await ListAsync($"/v1.0/servicePrincipals/{id}/owners?$select=id&$top=999", cancellationToken) ?? [];
        if (!isManaged && Guid.TryParse(principal.AppId, out var appId))
        {
            foreach (
                var (owner, kind) in await ListAsync($"/v1.0/applications(appId='{appId:D}')/owners?$select=id&$top=999", cancellationToken)
                    ?? []
            )
            {
                owners[owner] = kind;
            }
        }

        return new(
            isManaged
                ? principal.AlternativeNames?.FirstOrDefault(n => n.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase))
                : null,
            owners
        );
    }

    private async Task<Dictionary<string, PrincipalKind>?> ListAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        if (
            await _calls.ListAsync(pathAndQuery, PrincipalJson.Default.ObjectPage, p => p.Value, p => p.NextLink, cancellationToken)
            is not { } found
        )
        {
            return null;
        }

        var kinds = new Dictionary<string, PrincipalKind>(StringComparer.OrdinalIgnoreCase);
        Add(kinds, found);
        return kinds;
    }

    private static void Add(Dictionary<string, PrincipalKind> kinds, IEnumerable<PrincipalWire.DirectoryItem> items)
    {
        foreach (var item in items)
        {
            // Members that the app may not read have no type, or no properties at all.
            if (item.Id is { } id)
            {
                kinds[id.ToLowerInvariant()] = item.Type?.ToUpperInvariant() switch
                {
                    "#MICROSOFT.GRAPH.USER" => PrincipalKind.User,
                    "#MICROSOFT.GRAPH.GROUP" => PrincipalKind.Group,
                    "#MICROSOFT.GRAPH.SERVICEPRINCIPAL" => PrincipalKind.ServicePrincipal,
                    _ => PrincipalKind.Unknown,
                };
            }
        }
    }
}
