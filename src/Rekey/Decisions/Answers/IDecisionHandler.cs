namespace Rekey.Decisions.Answers;

/// <summary>Does what answers to decisions of some kinds call for. Repeating it is harmless.</summary>
public interface IDecisionHandler
{
    /// <summary>Codes of <see cref="DecisionKinds"/>. A kind has one handler.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Does it at once; if that is never reached, the timers come to the same.</summary>
    /// <param name="decision">As the ledger has it, with its answer, or when its time is over without one.</param>
    Task CarryOutAsync(Decision decision, CancellationToken cancellationToken);
}
