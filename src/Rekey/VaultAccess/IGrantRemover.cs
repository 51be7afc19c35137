using Rekey.Core;

namespace Rekey.VaultAccess;

/// <summary>Takes role assignments away, under an identity that can do nothing else (T22): not the one that reads.</summary>
public interface IGrantRemover
{
    /// <summary>Removes a role assignment. Nothing happens when it is gone already.</summary>
    /// <exception cref="RetryLaterException">The service throttles or cannot be reached; it may be gone all the same.</exception>
    /// <exception cref="CannotContinueException">The service refuses: reason <c>arm-forbidden</c> or <c>arm-bad-request</c>.</exception>
    Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken);
}
