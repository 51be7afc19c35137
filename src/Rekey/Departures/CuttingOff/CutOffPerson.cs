using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Stopping;

namespace Rekey.Departures.CuttingOff;

/// <summary>
/// Ends the access of a person who has left, before their keys are rotated: otherwise they would take the new versions too (T4). It decides
/// by the mode: in <c>Enforce</c> or after a yes it takes the steps. It can be killed at any line and run again.
/// </summary>
public sealed class CutOffPerson(
    CutOffSteps steps,
    CutOffQuestions questions,
    ILedgerRecords<Departure> departures,
    ILedger ledger,
    IFindings findings,
    KillSwitch killSwitch,
    TimeProvider timeProvider
) : IDecisionHandler
{
    private readonly ConcurrentDictionary<string, bool> _begun = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.CutOff, DecisionKinds.ReplaceCredential];

    /// <summary>Cuts the person off in this mode, as far as it can be done now. What fails is retried by the timer: rotations do not
    /// wait for it.</summary>
    /// <param name="keyIds">The keys that the person exposes. Without any, nothing is done.</param>
    /// <param name="why">Why a brake asks for a decision; null when none did.</param>
    /// <returns>The departure as it is saved now.</returns>
    /// <exception cref="RetryLaterException">Another process changed the departure, or the ledger cannot be reached.</exception>
    public async Task<Versioned<Departure>> BeginAsync(
        Versioned<Departure> read,
        IReadOnlyList<string> keyIds,
        ResponseMode mode,
        string? why,
        CancellationToken cancellationToken
    )
    {
        if (keyIds.Count == 0)
        {
            return read;
        }

        if (mode is not ResponseMode.Observe && !steps.AreConfigured)
        {
            // Rekey can do nothing: there is nothing to decide either.
            await findings.RaiseAsync(CutOffFindings.NotSet(read.Value, timeProvider.GetUtcNow()), cancellationToken);
            return read;
        }

        // A person who was back then may be gone again.
        var isNew = read.Value.CutOff is null or { IsBack: true };
        if (isNew && mode is not ResponseMode.Enforce)
        {
            await (
                mode is ResponseMode.Observe
                    ? ledger.AppendAsync(CutOffEvents.Observed(read.Value, VaultsOf(keyIds)), cancellationToken)
                    : questions.AskAsync(read.Value, keyIds, why, cancellationToken)
            );
            return read;
        }

        if (await killSwitch.IsStoppedAsync(cancellationToken))
        {
            // The kill switch was set since the assessment began: it is repeated when the switch is off.
            throw new RetryLaterException("Rekey is stopped.", TimeSpan.FromMinutes(1));
        }

        return isNew ? await DecidedAsync(read, keyIds, decisionId: null, cancellationToken) : await ContinueAsync(read, cancellationToken);
    }

    /// <summary>Begins what was approved, and retries what failed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // 1. What was approved is begun once: a process looks at a decision until its departure has begun.
        var failures = new Failures();
        foreach (var decision in (await questions.ApprovedAsync(cancellationToken)).Where(d => !_begun.ContainsKey(d.Id)))
        {
            await failures.TryAsync(async () =>
            {
                await CarryOutAsync(decision, cancellationToken);
                if (await departures.FindAsync("departure", decision.About, cancellationToken) is not { Value.CutOff: null })
                {
                    _begun.TryAdd(decision.Id, true);
                }
            });
        }

        // 2. What has begun goes on until it ends.
        await foreach (var read in departures.ListOpenAsync("departure", cancellationToken))
        {
            await failures.TryAsync(() => ContinueAsync(read, cancellationToken));
        }

        failures.Throw();
    }

    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        // An operator replaces a credential; a yes says that it is done.
        if (
            decision is { Kind: DecisionKinds.CutOff, Outcome: DecisionState.Approved }
            && await departures.FindAsync("departure", decision.About, cancellationToken) is { Value.CutOff: null } read
        )
        {
            await BeginApprovedAsync(read, decision, cancellationToken);
        }
    }

    private async Task BeginApprovedAsync(Versioned<Departure> read, Decision decision, CancellationToken cancellationToken)
    {
        if (!await killSwitch.IsStoppedAsync(cancellationToken))
        {
            await DecidedAsync(read, [.. read.Value.Plan.Select(p => p.KeyId)], decision.Id, cancellationToken);
        }
    }

    private async Task<Versioned<Departure>> DecidedAsync(
        Versioned<Departure> read,
        IReadOnlyList<string> keyIds,
        string? decisionId,
        CancellationToken cancellationToken
    )
    {
        // Save the intention before anything is done.
        read = await steps.BeginAsync(read, VaultsOf(keyIds), decisionId, cancellationToken);
        return await ContinueAsync(read, cancellationToken);
    }

    private async Task<Versioned<Departure>> ContinueAsync(Versioned<Departure> read, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (
            read.Value.CutOff is not { EndedAt: null } cutOff
            || cutOff.NextTryAt > now
            || await killSwitch.IsStoppedAsync(cancellationToken)
        )
        {
            return read;
        }

        return await steps.TakeAsync(read, cutOff, cancellationToken);
    }

    private static IReadOnlyList<string> VaultsOf(IEnumerable<string> keyIds) =>
        [.. keyIds.Select(k => k.Split('/')[0]).Distinct(StringComparer.OrdinalIgnoreCase)];
}
