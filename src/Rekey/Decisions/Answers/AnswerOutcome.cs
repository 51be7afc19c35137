namespace Rekey.Decisions.Answers;

/// <summary>The outcome of an answer: the decision in its present state, and the refusal if there was one.</summary>
public sealed record AnswerOutcome(Decision? Decision, AnswerRefusal? Refusal);
