using Azure.Core;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.ResourceManager;

/// <summary>
/// Deletes role assignments, under an identity of its own that may do nothing else: <c>Microsoft.Authorization/roleAssignments/read</c> and
/// <c>/delete</c> on the vaults.
/// </summary>
internal sealed class GrantRemover(TokenCredential credential, ResourceManagerClientOptions options, TimeProvider timeProvider)
    : IGrantRemover
{
    private const string Version = "2022-04-01";

    private readonly RestCalls _calls = ResourceManagerClient.Calls(
        credential,
        options,
        timeProvider,
        "Remove the role assignment by hand: the identity that removes (VaultAccess:RemoverClientId) may delete "
            + "assignments of persons, and only on vaults where it has its role. Where it should have been able to, deploy "
            + "again."
    );

    public Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken) =>
        assignmentId.Split('/') is [.., "providers", var provider, var type, var name]
        && $"{provider}/{type}".Equals("Microsoft.Authorization/roleAssignments", StringComparison.OrdinalIgnoreCase)
        && Guid.TryParse(name, out _)
            ? _calls.DeleteAsync($"{assignmentId}?api-version={Version}", cancellationToken)
            : throw new CannotContinueException(
                "arm-bad-request",
                $"'{assignmentId}' is no role assignment: nothing else is ever deleted.",
                "Remove it by hand."
            );
}
