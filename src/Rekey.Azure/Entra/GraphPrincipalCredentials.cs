using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Exposures.Watching;

namespace Rekey.Azure.Entra;

/// <summary>
/// Reads the credentials of applications and service principals through Microsoft Graph v1.0. Least privilege: application permission
/// <c>Application.Read.All</c>. Graph returns no secret.
/// </summary>
internal sealed class GraphPrincipalCredentials : IPrincipalCredentials
{
    private const string Select = "$select=id,appId,passwordCredentials,keyCredentials";

    private readonly RestCalls _calls;

    public GraphPrincipalCredentials(TokenCredential credential, GraphClientOptions options, RateGates gates, TimeProvider timeProvider) =>
        _calls = new(
            credential,
            options.Scope,
            options,
            new(
                "graph",
                options.Endpoint,
                "Grant the app's identity Application.Read.All with admin consent. Until then only a decision ends the watch over a person."
            ),
            gates,
            timeProvider
        );

    public async Task<IReadOnlyList<PrincipalCredential>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(id, out var guid))
        {
            return [];
        }

        // 1. The id may be of either object, or of the application that both name.
        var principal = await FindAsync($"/v1.0/servicePrincipals/{guid:D}", isPrincipal: true, cancellationToken)
            ?? await FindAsync($"/v1.0/servicePrincipals(appId='{guid:D}')", isPrincipal: true, cancellationToken);
        var application = await FindAsync($"/v1.0/applications/{guid:D}", isPrincipal: false, cancellationToken)
            ?? await FindAsync(
                $"/v1.0/applications(appId='{(Guid.TryParse(principal?.AppId, out var its) ? its : guid):D}')",
                isPrincipal: false,
                cancellationToken
            );
        if (principal is null && Guid.TryParse(application?.AppId, out var appId))
        {
            principal = await FindAsync($"/v1.0/servicePrincipals(appId='{appId:D}')", isPrincipal: true, cancellationToken);
        }

        // 2. A person cannot know the credentials of a managed identity: Azure makes and replaces them.
        var isManaged = string.Equals(principal?.ServicePrincipalType, "ManagedIdentity", StringComparison.OrdinalIgnoreCase);
        var federated =
            application?.Id is { } objectId && Guid.TryParse(objectId, out var objectGuid)
                ? await _calls.ListAsync(
                    $"/v1.0/applications/{objectGuid:D}/federatedIdentityCredentials",
                    PrincipalJson.Default.FederatedPage,
                    p => p.Value,
                    p => p.NextLink,
                    cancellationToken
                )
                : null;
        return
        [
            .. new[] { isManaged ? null : principal, application }
                .OfType<PrincipalWire.CredentialHolder>()
                .SelectMany(h => (h.PasswordCredentials ?? []).Concat(h.KeyCredentials ?? []))
                .Select(c => new PrincipalCredential(c.KeyId ?? "", c.StartDateTime, c.EndDateTime))
                .Concat((federated ?? []).Select(f => new PrincipalCredential(f.Id ?? "", From: null, Until: null))),
        ];
    }

    private Task<PrincipalWire.CredentialHolder?> FindAsync(string path, bool isPrincipal, CancellationToken cancellationToken) =>
        _calls.GetAsync(
            $"{path}?{Select}{(isPrincipal ? ",servicePrincipalType" : "")}",
            PrincipalJson.Default.CredentialHolder,
            cancellationToken
        );
}
