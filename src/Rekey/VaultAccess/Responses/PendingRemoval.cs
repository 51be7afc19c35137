using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>A role assignment whose removal is pending until a reading shows that it is gone.</summary>
/// <param name="CreatedOn">Creation time. Deployments reuse assignment ids, so the time identifies the assignment.</param>
/// <param name="Why">The reason: <c>enforce</c>, or the decision's id.</param>
public sealed record PendingRemoval(
    string AssignmentId,
    DateTimeOffset? CreatedOn,
    string PrincipalId,
    string Role,
    string Scope,
    string FindingId,
    string Why
)
{
    /// <summary>The id, derived from the assignment and the reason.</summary>
    [JsonIgnore]
    public string Id => StableId.Of("grant-removal", AssignmentId.ToLowerInvariant(), CreatedOn?.ToString("O") ?? "", Why);

    /// <summary>Whether the assignment still exists.</summary>
    public bool IsIn(VaultReading reading) =>
        reading.Assignments.Any(a => a.Id.Equals(AssignmentId, StringComparison.OrdinalIgnoreCase) && a.CreatedOn == CreatedOn);
}
