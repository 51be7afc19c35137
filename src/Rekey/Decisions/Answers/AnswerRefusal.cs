namespace Rekey.Decisions.Answers;

/// <summary>Why an answer was refused.</summary>
public enum AnswerRefusal
{
    NotFound,
    PlanChanged,
    AlreadyAnswered,
    Expired,
    InitiatorMayNotApprove,
    ActorIsLeaving,
}
