using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.ResourceManager;

/// <summary>
/// Deletes role assignments, as a separate identity with only these rights: <c>Microsoft.Authorization/roleAssignments/read</c> and
/// <c>/delete</c> on the vaults.
/// </summary>
internal sealed class GrantRemover(
    TokenCredential credential,
    ResourceManagerClientOptions options,
    RateGates gates,
    TimeProvider timeProvider
) : IGrantRemover
{
    private const string Version = "2022-04-01";

    private readonly RestCalls _calls = ResourceManagerClient.Calls(
        credential,
        options,
        gates,
        timeProvider,
        "Remove the role assignment manually (az role assignment delete). The identity VaultAccess:RemoverClientId may only "
            + "delete assignments of persons, on vaults where it has its role. If that applies here, deploy again."
    );

    public Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken) =>
        assignmentId.Split('/') is [.., "providers", var provider, var type, var name]
        && $"{provider}/{type}".Equals("Microsoft.Authorization/roleAssignments", StringComparison.OrdinalIgnoreCase)
        && Guid.TryParse(name, out _)
            ? _calls.DeleteAsync($"{assignmentId}?api-version={Version}", cancellationToken)
            : throw new CannotContinueException(
                "arm-bad-request",
                $"'{assignmentId}' is not a role assignment, and Rekey deletes nothing else.",
                "Remove it manually."
            );
}
