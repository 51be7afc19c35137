namespace Rekey.Decisions.Answers;

/// <summary>Why an answer was refused.</summary>
public enum AnswerRefusal
{
    NotFound,
    PlanChanged,
    AlreadyAnswered,
    Expired,

    /// <summary>Rekey took the question back: nothing was left to decide.</summary>
    Withdrawn,
    InitiatorMayNotApprove,
    ActorIsLeaving,
}
