using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Roles;

namespace Rekey.Azure.ResourceManager;

/// <summary>
/// Reads vaults, roles and what runs as identities through Azure Resource Manager. Least privilege: <c>Reader</c> on the vault, on the
/// identities, on what runs as them and on the workspaces; <c>Microsoft.Authorization/*/read</c> is part of it.
/// </summary>
internal sealed class ResourceManagerClient : IResourceManager
{
    private const string VaultVersion = "2026-02-01";
    private const string AuthorizationVersion = "2022-04-01";
    private const string SchedulesVersion = "2020-10-01";
    private const string DiagnosticsVersion = "2021-05-01-preview";
    private const string WorkspaceVersion = "2025-07-01";
    private const string IdentityVersion = "2024-11-30";
    private const string ResourceGraphVersion = "2022-10-01";
    private const int MaxGraphPages = 100;

    private readonly RestCalls _calls;

    public ResourceManagerClient(
        TokenCredential credential,
        ResourceManagerClientOptions options,
        RateGates gates,
        TimeProvider timeProvider
    ) => _calls = Calls(credential, options, gates, timeProvider);

    public async Task<VaultFacts?> GetVaultAsync(string vaultId, CancellationToken cancellationToken) =>
        await _calls.GetAsync($"{vaultId}?api-version={VaultVersion}", ArmJson.Default.VaultResource, cancellationToken) is { } reply
            ? ArmReading.Vault(reply.Properties) ?? throw new RetryLaterException($"Reading {vaultId}: the reply is no vault.")
            : null;

    public async Task<IReadOnlyList<RoleAssignment>> GetRoleAssignmentsAsync(string resourceId, CancellationToken cancellationToken)
    {
        // No filter, to include scopes at, above and below: atScope() would omit single keys.
        var found = await ListAsync(
            $"{resourceId}/providers/Microsoft.Authorization/roleAssignments?api-version={AuthorizationVersion}",
            ArmJson.Default.Assignments,
            cancellationToken
        ) ?? [];
        return
        [
            .. found.Select(a =>
                ArmReading.Assignment(a)
                ?? throw new RetryLaterException(
                    $"Reading role assignments of {resourceId}: one of them lacks its principal, role or scope."
                )
            ),
        ];
    }

    public async Task<RoleDefinition?> GetRoleDefinitionAsync(string scope, string roleId, CancellationToken cancellationToken) =>
        await _calls.GetAsync(
            $"{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleId}?api-version={AuthorizationVersion}",
            ArmJson.Default.RoleResource,
            cancellationToken
        )
            is { Properties: { } role }
            ? ArmReading.Role(roleId, role)
            : null;

    public async Task<EligibilityFacts> GetEligibilitiesAsync(string resourceId, CancellationToken cancellationToken)
    {
        try
        {
            var eligible = await ListAsync(
                $"{resourceId}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version={SchedulesVersion}",
                ArmJson.Default.Schedules,
                cancellationToken
            ) ?? [];
            var assigned = await ListAsync(
                $"{resourceId}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version={SchedulesVersion}",
                ArmJson.Default.Schedules,
                cancellationToken
            ) ?? [];
            var activations = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var schedule in assigned.Select(a => a.Properties))
            {
                if (
                    schedule is
                    { AssignmentType: "Activated", OriginRoleAssignmentId: { } assignment, LinkedRoleEligibilityScheduleInstanceId: { } of }
                )
                {
                    activations[assignment] = of;
                }
            }

            return new([.. eligible.Select(ArmReading.Eligibility).OfType<Eligibility>()], activations);
        }
        catch (CannotContinueException e) when (e.Reason == RestCalls.NoLicence)
        {
            return new([], new Dictionary<string, string>());
        }
    }

    public async Task<IReadOnlyList<DiagnosticSetting>> GetDiagnosticSettingsAsync(
        string resourceId,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await ListAsync(
                    $"{resourceId}/providers/Microsoft.Insights/diagnosticSettings?api-version={DiagnosticsVersion}",
                    ArmJson.Default.DiagnosticSettings,
                    cancellationToken
                ) ?? []
            ).Select(ArmReading.Diagnostics),
        ];

    public async Task<TableRetention?> GetTableRetentionAsync(string workspaceId, string table, CancellationToken cancellationToken) =>
        await _calls.GetAsync(
            $"{workspaceId}/tables/{table}?api-version={WorkspaceVersion}",
            ArmJson.Default.TableResource,
            cancellationToken
        )
            is { Properties: { } found }
            ? new(workspaceId, table, found.TotalRetentionInDays ?? found.RetentionInDays ?? 0)
            : null;

    public async Task<IReadOnlyList<string>> GetKeyNamesAsync(string vaultId, CancellationToken cancellationToken) =>
        [
            .. (await ListAsync($"{vaultId}/keys?api-version={VaultVersion}", ArmJson.Default.Keys, cancellationToken) ?? []).Select(k =>
                k.Name ?? throw new RetryLaterException($"Reading keys of {vaultId}: one of them has no name.")
            ),
        ];

    public async Task<IReadOnlyList<ListedKeyVersion>> GetKeyVersionsAsync(
        string vaultId,
        string key,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await ListAsync(
                    $"{vaultId}/keys/{Uri.EscapeDataString(key)}/versions?api-version={VaultVersion}",
                    ArmJson.Default.Keys,
                    cancellationToken
                ) ?? []
            ).Select(v =>
                ArmReading.KeyVersion(v)
                ?? throw new RetryLaterException($"Reading versions of key {key} of {vaultId}: one of them has no name.")
            ),
        ];

    public async Task<ListedKey?> GetKeyVersionAsync(string vaultId, string key, string version, CancellationToken cancellationToken) =>
        // A list omits the type of a key.
        await _calls.GetAsync(
            $"{vaultId}/keys/{Uri.EscapeDataString(key)}/versions/{Uri.EscapeDataString(version)}?api-version={VaultVersion}",
            ArmJson.Default.KeyResource,
            cancellationToken
        )
            is { Properties: { } found }
            ? new(key, found.Kty ?? "", found.Attributes?.Exportable ?? false, version)
            : null;

    public async Task<IReadOnlyList<string>> GetCarriersAsync(string identityId, CancellationToken cancellationToken)
    {
        if (identityId.AsSpan().ContainsAny('\'', '"', '\\'))
        {
            throw new CannotContinueException(
                "arm-bad-request",
                $"'{identityId}' is not a resource id.",
                "No action: Azure has no such identity."
            );
        }

        // Resource Graph returns everything that the caller may read, in all subscriptions.
        var query =
            $"resources | where tostring(identity.userAssignedIdentities) contains '\"{identityId}\"' | project id | order by id asc";
        var (carriers, skip) = (new List<string>(), (string?)null);
        for (var page = 0; page < MaxGraphPages; page++)
        {
            var reply = await _calls.PostAsync(
                $"/providers/Microsoft.ResourceGraph/resources?api-version={ResourceGraphVersion}",
                new(query, new(skip, "objectArray")),
                ArmJson.Default.GraphQuery,
                ArmJson.Default.GraphResult,
                cancellationToken
            );
            carriers.AddRange(
                (reply?.Data ?? throw new RetryLaterException("Querying Resource Graph: the reply has no rows."))
                    .Select(r => r.Id)
                    .OfType<string>()
            );
            if ((skip = reply.SkipToken) is null)
            {
                return carriers;
            }
        }

        throw new CannotContinueException(
            "arm-bad-reply",
            $"More than {MaxGraphPages} pages run as {identityId}.",
            "Use a separate identity for each purpose."
        );
    }

    public async Task<IReadOnlyList<string>> GetFederatedCredentialsAsync(string identityId, CancellationToken cancellationToken) =>
        [
            .. (
                await ListAsync(
                    $"{identityId}/federatedIdentityCredentials?api-version={IdentityVersion}",
                    ArmJson.Default.FederatedCredentials,
                    cancellationToken
                ) ?? []
            ).Select(c => $"{c.Properties?.Issuer}|{c.Properties?.Subject}"),
        ];

    /// <summary>Creates the calls of Azure Resource Manager with one credential.</summary>
    /// <param name="forbidden">The remedy for a refusal.</param>
    internal static RestCalls Calls(
        TokenCredential credential,
        ResourceManagerClientOptions options,
        RateGates gates,
        TimeProvider timeProvider,
        string forbidden = "Grant the identity that reads Reader at this scope, or accept that Rekey does not see this part."
    ) => new(credential, options.Scope, options, new("arm", options.Endpoint, forbidden), gates, timeProvider);

    private Task<IReadOnlyList<ArmWire.Resource<T>>?> ListAsync<T>(
        string pathAndQuery,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<ArmWire.Page<T>> type,
        CancellationToken cancellationToken
    ) => _calls.ListAsync(pathAndQuery, type, p => p.Value, p => p.NextLink, cancellationToken);
}
