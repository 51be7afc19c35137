using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.Stopping;
using Rekey.VaultAccess;

namespace Rekey.Departures.CuttingOff;

/// <summary>
/// Ends the access of a person who has left, before their keys are rotated: otherwise they would take the new versions too (T4). It revokes
/// their sign-in sessions, removes their direct grants by the sweep of vault access, and asks people about their groups and the credentials
/// that they added. Only in <c>Enforce</c> or after a yes. It can be killed at any line and run again.
/// </summary>
public sealed class CutOffPerson(
    ISignInSessions sessions,
    SweepVaultAccess sweep,
    IAddedCredentials credentials,
    IDirectory directory,
    ILedgerRecords<Departure> departures,
    AskForDecision ask,
    DecisionLedger decisions,
    ILedger ledger,
    IFindings findings,
    KillSwitch killSwitch,
    RotationOptions rotations,
    TimeProvider timeProvider
) : IDecisionHandler
{
    /// <summary>The time that one step may take while the rotations wait for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long a step that fails is retried.</summary>
    /// <remarks>A day: in that time an operator can grant a missing permission, and Graph is back after an outage.</remarks>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

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

        if (mode is not ResponseMode.Observe && !sessions.IsConfigured && !sweep.IsConfigured)
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
                    : AskAsync(read.Value, keyIds, why, cancellationToken)
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
        var asked = (await decisions.ReadAsync(cancellationToken)).OfKind(DecisionKinds.CutOff);
        foreach (var decision in asked.Where(d => d.Outcome is DecisionState.Approved && !_begun.ContainsKey(d.Id)))
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
        var cutOff = new CutOff(timeProvider.GetUtcNow(), decisionId) { Vaults = VaultsOf(keyIds) };
        read = await SaveAsync(read, cutOff, CutOffEvents.Begun(read.Value, cutOff), cancellationToken);
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

        // 1. A person whose departure the directory had confirmed may be back. Nothing is done to them.
        await WithdrawAsync(read.Value, exceptId: null, cancellationToken);
        var failed = 0;
        var standing = PersonStanding.Unknown;
        var personId = Guid.Parse(read.Value.PersonId);
        if (await TryAsync(async c => standing = await directory.ReadAsync(personId, c), cancellationToken) is not null)
        {
            return await PostponeAsync(read, cutOff, cancellationToken);
        }

        if (read.Value.Confirmed && standing is PersonStanding.Enabled)
        {
            return await EndAsync(read, cutOff with { IsBack = true }, cancellationToken);
        }

        // 2. The sign-in sessions: on record as soon as they are revoked. Without an identity there is nothing to retry.
        if (cutOff.SessionsRevokedAt is null && cutOff.SessionsRefused is not ISignInSessions.NotSet)
        {
            var failure = await TryAsync(c => sessions.RevokeAsync(personId, c), cancellationToken);
            if (failure is null)
            {
                cutOff = cutOff with { SessionsRevokedAt = timeProvider.GetUtcNow(), SessionsRefused = null };
                read = await SaveAsync(read, cutOff, CutOffEvents.SessionsRevoked(read.Value), cancellationToken);
                await findings.CloseAsync(CutOffFindings.IdOf(read.Value, ""), "The sign-in sessions were revoked.", cancellationToken);
                await findings.CloseAsync(
                    CutOffFindings.IdOf(read.Value, ISignInSessions.NotSet),
                    "An identity revokes sign-in sessions.",
                    cancellationToken
                );
            }
            else if (failure is CannotContinueException refusal)
            {
                cutOff = cutOff with { SessionsRefused = refusal.Reason };
                await findings.RaiseAsync(CutOffFindings.Of(read.Value, refusal, timeProvider.GetUtcNow()), cancellationToken);
            }

            failed += failure is null || cutOff.SessionsRefused is ISignInSessions.NotSet ? 0 : 1;
        }

        // 3. The direct grants, and questions about groups, in the mode of the sweep. A later sweep does what this one cannot.
        if (cutOff.GrantsSweptAt is null && sweep.IsConfigured)
        {
            var failure = await TryAsync(c => sweep.RunAsync(cutOff.Vaults.Count == 0 ? null : cutOff.Vaults, c), cancellationToken);
            cutOff = cutOff with { GrantsSweptAt = failure is null ? timeProvider.GetUtcNow() : null };
            failed += failure is null ? 0 : 1;
        }

        // 4. The credentials that they added to applications.
        if (cutOff.CredentialsAskedAt is null)
        {
            var failure = await TryAsync(c => AskForCredentialsAsync(read.Value, c), cancellationToken);
            cutOff = cutOff with { CredentialsAskedAt = failure is null ? timeProvider.GetUtcNow() : null };
            failed += failure is null ? 0 : 1;
        }

        return failed == 0 ? await EndAsync(read, cutOff, cancellationToken) : await PostponeAsync(read, cutOff, cancellationToken);
    }

    /// <summary>Does one step within its time.</summary>
    /// <returns>The failure; null when it was done.</returns>
    private async Task<Exception?> TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await step(either.Token);
            return null;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return e;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new RetryLaterException($"A step of a cut-off did not end within {Patience}.", delay: null, e);
        }
    }

    private async Task AskAsync(Departure departure, IReadOnlyList<string> keyIds, string? why, CancellationToken cancellationToken)
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
    private async Task AskForCredentialsAsync(Departure departure, CancellationToken cancellationToken)
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

    private async Task WithdrawAsync(Departure departure, string? exceptId, CancellationToken cancellationToken)
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

    private Task<Versioned<Departure>> PostponeAsync(Versioned<Departure> read, CutOff cutOff, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() >= cutOff.BegunAt + GiveUpAfter)
        {
            return EndAsync(read, cutOff, cancellationToken);
        }

        var tries = cutOff.Tries + 1;
        return SaveAsync(
            read,
            cutOff with
            {
                Tries = tries,
                NextTryAt = timeProvider.GetUtcNow() + Backoff.After(tries, rotations.StuckRetry),
            },
            what: null,
            cancellationToken
        );
    }

    private async Task<Versioned<Departure>> EndAsync(Versioned<Departure> read, CutOff cutOff, CancellationToken cancellationToken)
    {
        var ended = cutOff with { EndedAt = timeProvider.GetUtcNow(), NextTryAt = null };
        if (ended.IsBack)
        {
            await findings.CloseAsync(CutOffFindings.IdOf(read.Value, ""), "The person is back.", cancellationToken);
        }

        return await SaveAsync(read, ended, CutOffEvents.Ended(read.Value, ended), cancellationToken);
    }

    private async Task<Versioned<Departure>> SaveAsync(
        Versioned<Departure> read,
        CutOff cutOff,
        LedgerEvent? what,
        CancellationToken cancellationToken
    )
    {
        var departure = read.Value with { CutOff = cutOff };
        return await (
            what is null
                ? departures.ReplaceAsync(read, departure, cancellationToken)
                : departures.ReplaceAsync(read, departure, what, cancellationToken)
        )
            ?? throw new RetryLaterException("The departure changed while the person was cut off.", TimeSpan.FromSeconds(1));
    }

    private static IReadOnlyList<string> VaultsOf(IEnumerable<string> keyIds) =>
        [.. keyIds.Select(k => k.Split('/')[0]).Distinct(StringComparer.OrdinalIgnoreCase)];
}
