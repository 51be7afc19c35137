using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>A role assignment that is being taken away: until it is seen to be gone.</summary>
/// <param name="CreatedOn">Deployments give the same assignment the same id: it is this one only if it was made then.</param>
/// <param name="Why">Who or what said so: <c>enforce</c>, or the decision's id.</param>
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
    /// <summary>The same assignment, taken away for the same reason, has the same.</summary>
    [JsonIgnore]
    public string Id => StableId.Of("grant-removal", AssignmentId.ToLowerInvariant(), CreatedOn?.ToString("O") ?? "", Why);

    /// <summary>Whether it is still there.</summary>
    public bool IsIn(VaultReading reading) =>
        reading.Assignments.Any(a => a.Id.Equals(AssignmentId, StringComparison.OrdinalIgnoreCase) && a.CreatedOn == CreatedOn);
}
