using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.VaultAccess;

namespace Rekey.Azure.Entra;

/// <summary>
/// Reads kinds, members and owners through Microsoft Graph v1.0. Least right: application permissions <c>GroupMember.Read.All</c>, <c>Application.Read.All</c> and <c>User.ReadBasic.All</c>.
/// </summary>
public sealed class GraphPrincipals : IPrincipals
{
    /// <summary>directoryObjects/getByIds takes as many.</summary>
    private const int MaxIds = 1_000;

    private readonly RestCalls _calls;

    public GraphPrincipals(TokenCredential credential, GraphClientOptions options, TimeSpan maxThrottleWait, TimeProvider time) => _calls = new(
        HttpPipelineBuilder.Build(options, [], [new BearerTokenAuthenticationPolicy(credential, options.Scope)], TransientClassifier.Repeatable),
        new("graph", options.Endpoint, "Grant the app's identity GroupMember.Read.All, Application.Read.All and User.ReadBasic.All with admin consent, or accept that it is not seen."), maxThrottleWait, time);

    public async Task<IReadOnlyDictionary<string, PrincipalKind>> GetKindsAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        var kinds = new Dictionary<string, PrincipalKind>(StringComparer.OrdinalIgnoreCase);
        foreach (var chunk in ids.Chunk(MaxIds))
        {
            var found = await _calls.PostAsync("/v1.0/directoryObjects/getByIds", new PrincipalWire.GetByIds(chunk), PrincipalJson.Default.GetByIds, PrincipalJson.Default.ObjectPage, cancel);
            Add(kinds, found?.Value ?? throw new RetryLaterException("Asking Graph for kinds of objects: the reply holds no list."));
        }

        return kinds;
    }

    public async Task<IReadOnlyDictionary<string, PrincipalKind>?> GetMembersAsync(string groupId, CancellationToken cancel) =>
        await ListAsync($"/v1.0/groups/{groupId}/transitiveMembers?$select=id&$top=999", cancel);

    public async Task<IReadOnlyDictionary<string, PrincipalKind>> GetGroupOwnersAsync(string groupId, CancellationToken cancel) =>
        await ListAsync($"/v1.0/groups/{groupId}/owners?$select=id&$top=999", cancel) ?? [];

    public async Task<ServicePrincipalFacts?> GetServicePrincipalAsync(string id, CancellationToken cancel)
    {
        if (await _calls.GetAsync($"/v1.0/servicePrincipals/{id}?$select=id,appId,servicePrincipalType,alternativeNames", PrincipalJson.Default.ServicePrincipal, cancel) is not { } principal)
        {
            return null;
        }

        // A managed identity has no application that could be owned; one of another tenant is owned there.
        var isManaged = string.Equals(principal.ServicePrincipalType, "ManagedIdentity", StringComparison.OrdinalIgnoreCase);
        var owners = await ListAsync($"/v1.0/servicePrincipals/{id}/owners?$select=id&$top=999", cancel) ?? [];
        if (!isManaged && Guid.TryParse(principal.AppId, out var appId))
        {
            foreach (var (owner, kind) in await ListAsync($"/v1.0/applications(appId='{appId:D}')/owners?$select=id&$top=999", cancel) ?? [])
            {
                owners[owner] = kind;
            }
        }

        return new(isManaged ? principal.AlternativeNames?.FirstOrDefault(n => n.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase)) : null, owners);
    }

    private async Task<Dictionary<string, PrincipalKind>?> ListAsync(string pathAndQuery, CancellationToken cancel)
    {
        if (await _calls.ListAsync(pathAndQuery, PrincipalJson.Default.ObjectPage, p => p.Value, p => p.NextLink, cancel) is not { } found)
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
            // Members that the app may not read come without a type, or without anything at all.
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

/// <summary>The little of Microsoft Graph v1.0 that is read of principals.</summary>
internal static class PrincipalWire
{
    internal sealed record GetByIds(IReadOnlyList<string> Ids);

    internal sealed record ObjectPage(IReadOnlyList<DirectoryItem>? Value, [property: JsonPropertyName("@odata.nextLink")] string? NextLink);

    internal sealed record DirectoryItem(string? Id, [property: JsonPropertyName("@odata.type")] string? Type);

    internal sealed record ServicePrincipal(string? Id, string? AppId, string? ServicePrincipalType, IReadOnlyList<string>? AlternativeNames);
}

/// <summary>The JSON context of Graph's principals.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PrincipalWire.GetByIds))]
[JsonSerializable(typeof(PrincipalWire.ObjectPage))]
[JsonSerializable(typeof(PrincipalWire.ServicePrincipal))]
internal sealed partial class PrincipalJson : JsonSerializerContext;
