using Rekey.Core;

namespace Rekey.VaultAccess;

/// <summary>Removes role assignments, as a separate identity that can do nothing else (T22).</summary>
public interface IGrantRemover
{
    /// <summary>Removes a role assignment. It does nothing if the assignment is already gone.</summary>
    /// <exception cref="RetryLaterException">The service throttles or cannot be reached; the assignment may still be gone.</exception>
    /// <exception cref="CannotContinueException">The service refuses: reason <c>arm-forbidden</c> or <c>arm-bad-request</c>.</exception>
    Task RemoveRoleAssignmentAsync(string assignmentId, CancellationToken cancellationToken);
}
