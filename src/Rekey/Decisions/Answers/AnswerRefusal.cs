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

    /// <summary>A departure of the person who answers, or of the one who asked, is open, and the decision allows neither.</summary>
    DepartureIsOpen,
}
