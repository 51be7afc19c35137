namespace Rekey.Decisions.Answers;

/// <summary>Carries out answered decisions of some kinds. Repeating it is harmless.</summary>
public interface IDecisionHandler
{
    /// <summary>Codes of <see cref="DecisionKinds"/>. A kind has one handler.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Carries the decision out at once; after a crash the timers do it.</summary>
    /// <param name="decision">The decision on record, with its answer, or expired without one.</param>
    Task CarryOutAsync(Decision decision, CancellationToken cancellationToken);
}
