using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations;
using Rekey.VaultAccess;

namespace Rekey.Departures.CuttingOff;

/// <summary>
/// Takes the steps that end a person's access: it revokes their sign-in sessions, removes their direct grants by the sweep of vault access,
/// and asks people about their groups and the credentials that they added.
/// </summary>
public sealed class CutOffSteps(
    ISignInSessions sessions,
    SweepVaultAccess sweep,
    CutOffQuestions questions,
    IDirectory directory,
    ILedgerRecords<Departure> departures,
    IFindings findings,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <summary>The time that one step may take while the rotations wait for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long a step that fails is retried.</summary>
    /// <remarks>A day: in that time an operator can grant a missing permission, and Graph is back after an outage.</remarks>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(1);

    /// <summary>Whether an identity revokes sessions, or vaults are declared to remove grants from.</summary>
    public bool AreConfigured => sessions.IsConfigured || sweep.IsConfigured;

    /// <summary>Puts on record that the person is cut off, before anything is done.</summary>
    public Task<Versioned<Departure>> BeginAsync(
        Versioned<Departure> read,
        IReadOnlyList<string> vaults,
        string? decisionId,
        CancellationToken cancellationToken
    )
    {
        var cutOff = new CutOff(timeProvider.GetUtcNow(), decisionId) { Vaults = vaults };
        return SaveAsync(read, cutOff, CutOffEvents.Begun(read.Value, cutOff), cancellationToken);
    }

    /// <summary>Takes every step that is not done. What fails is tried again later.</summary>
    /// <returns>The departure as it is saved now.</returns>
    public async Task<Versioned<Departure>> TakeAsync(Versioned<Departure> read, CutOff cutOff, CancellationToken cancellationToken)
    {
        // 1. A person whose departure the directory had confirmed may be back. Nothing is done to them.
        await questions.WithdrawAsync(read.Value, exceptId: null, cancellationToken);
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
            var failure = await TryAsync(c => questions.AskForCredentialsAsync(read.Value, c), cancellationToken);
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
}
