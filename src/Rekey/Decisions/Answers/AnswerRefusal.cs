namespace Rekey.Decisions.Answers;

/// <summary>Why an answer was not taken.</summary>
public enum AnswerRefusal
{
    NotFound,
    PlanChanged,
    AlreadyAnswered,
    Expired,
    InitiatorMayNotApprove,
    ActorIsLeaving,
}
