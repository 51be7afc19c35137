namespace Rekey.Decisions.Answers;

/// <summary>The outcome: the decision as it stands now, and the refusal if there was one.</summary>
public sealed record AnswerOutcome(Decision? Decision, AnswerRefusal? Refusal);
