using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.ResourceManager;

/// <summary>The remover without a second identity: it removes nothing, and an operator must.</summary>
internal sealed class NoGrantRemover : IGrantRemover
{
    public Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken) =>
        throw new CannotContinueException(
            "remover-not-set",
            "Rekey has no identity that may remove grants.",
            "Remove the role assignment manually (az role assignment delete), or set VaultAccess:RemoverClientId."
        );
}
