using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;

namespace Rekey.Stopping;

/// <summary>
/// Stops Rekey for one operator, and starts it for two approvers: one asks and one answers. While Rekey is stopped, a finding says so.
/// </summary>
public sealed class StopAndStart(
    StopLedger stops,
    KillSwitch killSwitch,
    DecisionLedger decisions,
    AskForDecision ask,
    IActorStanding standing,
    IFindings findings,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>The subject of the finding.</summary>
    private const string About = "rekey";

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Start];

    /// <summary>Stops Rekey. Repeating it is harmless.</summary>
    /// <param name="by">Object id of the operator.</param>
    /// <returns>The stop in force; null when a departure of the operator is open.</returns>
    public async Task<RecordedStop?> StopAsync(string by, CancellationToken cancellationToken)
    {
        if (await standing.HasOpenDepartureAsync(by, cancellationToken))
        {
            return null;
        }

        var stop = await stops.StopAsync(by, cancellationToken);
        await ReportAsync(cancellationToken);
        return stop;
    }

    /// <summary>Asks a second approver whether Rekey shall start again.</summary>
    /// <param name="reason">The approver's words, for the other one.</param>
    /// <param name="by">Object id of the approver who asks: they cannot answer.</param>
    /// <returns>The question; null when a departure of the approver is open.</returns>
    /// <exception cref="CannotContinueException">No operator has stopped Rekey.</exception>
    public async Task<Decision?> AskToStartAsync(string reason, string by, CancellationToken cancellationToken)
    {
        if (await standing.HasOpenDepartureAsync(by, cancellationToken))
        {
            return null;
        }

        var state = await killSwitch.ReadAsync(cancellationToken);
        if (state.Stop is not { } stop)
        {
            throw new CannotContinueException(
                "not-stopped",
                $"No operator has stopped Rekey{(state.BySetting ? ": the setting Rekey:Stopped stops it" : "")}.",
                state.BySetting ? "Remove the app setting Rekey__Stopped. The app restarts." : "Nothing needs to be done."
            );
        }

        var now = timeProvider.GetUtcNow();
        var late = (await decisions.ReadAsync(cancellationToken)).Open.Count(d => now >= d.ExpiresAt && d.OnExpiry is OnExpiry.CarryOut);
        var statement =
            $"Rekey was stopped at {stop.At:u} by {stop.By}. On yes it works again: it assesses the departures that wait, continues the "
            + $"rotations that wait, and carries out the questions whose time ended without an answer (now: {late}). On no it stays "
            + $"stopped. The approver who asks says: {reason}";
        return await AskForDecision.AskAgainAsync(round =>
            ask.AskAsync(DecisionKinds.Start, stop.About, statement, $"{round}", [by], OnExpiry.Lapse, cancellationToken)
        );
    }

    /// <summary>The answer in the ledger starts Rekey; only the finding is left to do.</summary>
    public Task CarryOutAsync(Decision decision, CancellationToken cancellationToken) => ReportAsync(cancellationToken);

    /// <summary>Raises the finding that Rekey is stopped, or closes it.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        var state = await killSwitch.ReadAsync(cancellationToken);
        await (
            state.IsStopped
                ? findings.RaiseAsync(Stopped(state), cancellationToken)
                : findings.CloseAsync(Finding.IdOf(FindingKinds.RekeyStopped, About), "Rekey works again.", cancellationToken)
        );
    }

    private Finding Stopped(StopState state)
    {
        var now = timeProvider.GetUtcNow();
        var how = string.Join(", ", state.By);
        return new(
            FindingKinds.RekeyStopped,
            About,
            Severity.High,
            state.Stop is { } stop
                ? $"Rekey is stopped since {stop.At:u} by operator {stop.By}: it rotates, blocks and removes nothing."
                : "Rekey is stopped by the setting Rekey:Stopped: it rotates, blocks and removes nothing.",
            (
                state.Stop is null
                    ? ""
                    : "To start it: an approver runs `rekey start --reason <reason>`, and another approver answers that question. "
            ) + (state.BySetting ? "Remove the app setting Rekey__Stopped; while it is on, Rekey stays stopped." : ""),
            Facts.Of(("by", how), ("operator", state.Stop?.By ?? ""), ("since", state.Stop?.At.ToString("O") ?? "")),
            state.Stop?.At ?? now,
            now
        )
        {
            Milestone = how,
        };
    }
}
