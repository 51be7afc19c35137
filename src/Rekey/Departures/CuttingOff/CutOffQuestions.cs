using Rekey.Decisions;

namespace Rekey.Departures.CuttingOff;

/// <summary>The questions to people about the access of a person who has left.</summary>
public sealed class CutOffQuestions(AskForDecision ask, DecisionLedger decisions, IAddedCredentials credentials)
{
    /// <summary>The cut-offs that an approver, or silence, has said yes to.</summary>
    public async Task<IReadOnlyList<Decision>> ApprovedAsync(CancellationToken cancellationToken) =>
        [.. (await decisions.ReadAsync(cancellationToken)).OfKind(DecisionKinds.CutOff).Where(d => d.Outcome is DecisionState.Approved)];

    /// <summary>Asks whether the person is cut off. An older question about the same departure is taken back.</summary>
    /// <param name="why">Why a brake asks for a decision; null when none did.</param>
    public async Task AskAsync(Departure departure, IReadOnlyList<string> keyIds, string? why, CancellationToken cancellationToken)
    {
        await WithdrawAsync(departure, AskForDecision.IdOf(DecisionKinds.CutOff, departure.Id, departure.Cause), cancellationToken);
        await ask.AskAsync(
            DecisionKinds.CutOff,
            departure.Id,
            $"The person {departure.PersonId} has left and exposes {keyIds.Count} {(keyIds.Count == 1 ? "key" : "keys")}."
                + $"{(why is null ? "" : $" This needs a decision because: {why}")} On yes: Rekey revokes their sign-in sessions, "
                + "and sweeps the vaults of these keys: there VaultAccess:Mode decides what happens to their direct grants. Rekey asks "
                + "about their groups, and about credentials that they added to applications. On no: tokens that they hold stay valid, "
                + "and can be renewed.",
            departure.Cause,
            departure.Initiators,
            departure.Confirmed ? OnExpiry.CarryOut : OnExpiry.Lapse,
            cancellationToken,
            departure is { Confirmed: true, Hostile: false } ? departure.PersonId : null
        );
    }

    /// <summary>Asks about each application once in a departure; when a question lapses, the same is asked again.</summary>
    public async Task AskForCredentialsAsync(Departure departure, CancellationToken cancellationToken)
    {
        foreach (var added in await credentials.FindAsync(departure.PersonId, cancellationToken))
        {
            await ReplacementQuestion.AskAsync(
                ask,
                departure,
                added.TargetId,
                $"They added a credential to {added.TargetId}"
                    + $"{(added.AppId.Length == 0 ? "" : $" (application {added.AppId})")} by '{added.Operation}' at {added.At:u}, "
                    + "and can go on using it. Give the application another credential, remove this one, and then approve.",
                cancellationToken
            );
        }
    }

    /// <summary>Takes back the open questions about this departure, but for one.</summary>
    public async Task WithdrawAsync(Departure departure, string? exceptId, CancellationToken cancellationToken)
    {
        var open = (await decisions.ReadAsync(cancellationToken)).Open.Where(d =>
            d.Kind == DecisionKinds.CutOff && d.About == departure.Id && d.Id != exceptId && d.Outcome is DecisionState.Pending
        );
        foreach (var decision in open.ToList())
        {
            await decisions.WithdrawAsync(
                decision,
                exceptId is null ? "The person is cut off already." : "More is known about the departure; another question asks the same.",
                cancellationToken
            );
        }
    }
}
