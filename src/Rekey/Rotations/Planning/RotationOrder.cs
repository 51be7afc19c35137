using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations.Planning;

/// <summary>An order to rotate a key.</summary>
/// <param name="Cause">A departure's id, <c>age/{version}</c> with <c>/{n}</c> when it is asked about again, or
/// <c>forgery/{thumbprint}</c>: the same cause never rotates twice.</param>
/// <param name="CoveredUntil">When the person's access ended: versions made up to then may be exposed.</param>
/// <param name="Why">A plain sentence for the approver.</param>
/// <param name="Initiators">Object ids of the initiators.</param>
/// <param name="OnExpiry">The default outcome of an unanswered decision.</param>
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
    /// <summary>Object id of a person: silence rotates only while their account is closed. Null when it depends on no one.</summary>
    public string? WhileGone { get; init; }

    /// <summary>Lesser causes of the same: if they still wait for an answer, they need none any more.</summary>
    public IReadOnlyList<string> Supersedes { get; init; } = [];
}
