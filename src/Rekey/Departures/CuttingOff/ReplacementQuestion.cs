using Rekey.Decisions;

namespace Rekey.Departures.CuttingOff;

/// <summary>The question to replace a credential that a person who has left knows.</summary>
internal static class ReplacementQuestion
{
    /// <summary>Asks about an application once in a departure. When the question lapses, the same is asked again.</summary>
    /// <param name="why">How the person can act as it, and what to do before the yes.</param>
    public static Task<Decision> AskAsync(
        AskForDecision ask,
        Departure departure,
        string targetId,
        string why,
        CancellationToken cancellationToken
    ) =>
        AskForDecision.AskAgainAsync(
            round =>
                ask.AskAsync(
                    DecisionKinds.ReplaceCredential,
                    departure.Id,
                    $"The person {departure.PersonId} has left. {why} If you reject, the credential stays, and the person can act as that "
                        + "application.",
                    $"{departure.Id}\n{targetId}\n{round}",
                    departure.Initiators,
                    OnExpiry.Lapse,
                    cancellationToken
                ),
            mayAsk: d => d.Outcome is DecisionState.Lapsed
        );
}
