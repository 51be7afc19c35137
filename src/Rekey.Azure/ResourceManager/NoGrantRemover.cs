using Rekey.Core;
using Rekey.VaultAccess;

namespace Rekey.Azure.ResourceManager;

/// <summary>Where no second identity is set, nothing is removed: an operator does it.</summary>
internal sealed class NoGrantRemover : IGrantRemover
{
    public Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken) =>
        throw new CannotContinueException(
            "remover-not-set",
            "There is no identity that may remove grants.",
            "Remove the role assignment by hand, or set VaultAccess:RemoverClientId."
        );
}
