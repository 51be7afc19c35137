using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations.Planning;

/// <summary>What a caller wants rotated.</summary>
/// <param name="Cause">A departure's id, <c>age/{version}</c> with <c>/{n}</c> when it is asked about again, or
/// <c>forgery/{thumbprint}</c>: the same cause never rotates twice.</param>
/// <param name="CoveredUntil">When the person's access ended: versions made up to then could be in their hands.</param>
/// <param name="Why">A plain sentence for the approver.</param>
/// <param name="Initiators">Object ids of those who set it off.</param>
/// <param name="OnExpiry">What an unanswered decision does.</param>
public sealed record RotationOrder(
    SigningKey Key,
    string Cause,
    Urgency Urgency,
    DateTimeOffset CoveredUntil,
    string Why,
    IReadOnlyList<string> Initiators,
    OnExpiry OnExpiry
)
{
    /// <summary>Causes that say less of the same: what still waits for an answer to them needs none any more.</summary>
    public IReadOnlyList<string> Supersedes { get; init; } = [];
}
