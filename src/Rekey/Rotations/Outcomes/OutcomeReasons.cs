using Rekey.Decisions;

namespace Rekey.Rotations.Outcomes;

/// <summary>The sentences that say why a request has its outcome, and the names of the facts that have them.</summary>
internal static class OutcomeReasons
{
    /// <summary>The fact with the object id of the person who decided.</summary>
    public const string By = "decidedBy";

    /// <summary>The fact with the reason.</summary>
    public const string Why = "why";

    public const string Observes = "Rotations:Mode is Observe: Rekey only records what it would do.";
    public const string Enforces = "Rotations:Mode is Enforce: no answer was needed.";
    public const string Cancelled = "An approver cancelled it before trust in the old versions ended: they stay trusted.";

    public const string Waits = "It waits for an approver's answer.";

    /// <summary>Why a decision led to a yes or a no.</summary>
    public static string Of(Decision? decision, bool approved) =>
        decision is null ? Enforces
        : decision.AnsweredBy is not null ? (approved ? "An approver said yes." : "An approver said no.")
        : approved ? $"No one answered by {decision.DueAt:u}, and the person was gone or the key counts as stolen."
        : $"No one answered by {decision.DueAt:u}.";

    public static string Replaced(string? cause) => $"Another request for this key replaced it: {cause}.";

    public static string Covered(Rotation rotation, RotationRequest request) =>
        $"No version of {rotation.Key.Id} from before {request.CoveredUntil:u} is trusted any more: there is nothing left to rotate.";
}
