using System.Text;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Trust;

namespace Rekey.Compliance;

/// <summary>
/// Verifies the ledger's lines since the newest checkpoint and signs the next one: at once after a revocation, otherwise once an hour if
/// there are new lines. Each hour it also verifies one old segment. A broken ledger is a finding at once, and so is one that could not be
/// verified for hours. When two approvers have accepted a ledger that lacks lines, it goes on from the line that they accepted.
/// </summary>
public sealed class VerifyLedger : IDisposable
{
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxUnverified = TimeSpan.FromHours(3);
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(1);

    // Well within a call's deadline. The next call does the rest.
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(2);

    private readonly ILedger _ledger;
    private readonly ILedgerSegments _segments;
    private readonly ICheckpoints _kept;
    private readonly IFindings _findings;
    private readonly GovernedKeys _governedKeys;
    private readonly TimeProvider _timeProvider;
    private readonly SignedCheckpoints? _signed;
    private readonly OldSegments _old;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, DateTimeOffset> _toldAt = new(StringComparer.Ordinal);

    private LedgerCheckpoint? _newest;
    private LedgerPosition? _position;
    private DateTimeOffset? _verifiedAt;
    private string? _trouble;
    private bool _isLate;
    private long _lastOrdinary;
    private long _lastTrustEnded;
    private bool _isOldBroken;
    private bool _mayBeOpen = true;
    private bool _mayBeAccepted;

    /// <param name="signer">Null when no identity signs checkpoints, which is a finding.</param>
    public VerifyLedger(
        ILedger ledger,
        ILedgerSegments segments,
        ICheckpoints checkpoints,
        IFindings findings,
        GovernedKeys governedKeys,
        TimeProvider timeProvider,
        CheckpointSigner? signer = null
    )
    {
        (_ledger, _segments, _kept, _findings, _governedKeys, _timeProvider) = (
            ledger,
            segments,
            checkpoints,
            findings,
            governedKeys,
            timeProvider
        );
        _signed = signer is null ? null : new(checkpoints, signer, governedKeys.Environment);
        _old = new(segments, checkpoints, _signed, timeProvider);
    }

    /// <summary>
    /// The problem that the last run found in the ledger, in a sentence for the log, which may be the only channel left; null when there
    /// is none.
    /// </summary>
    public string? Trouble => _trouble ?? (_isLate ? $"The ledger has not been verified since {_verifiedAt:u}." : null);

    /// <summary>The line up to which the ledger is verified; null when it is broken or a checkpoint contradicts it.</summary>
    public async Task<long?> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var started = _timeProvider.GetUtcNow();
            await WatchAsync(started, cancellationToken);
            return await VerifyAcceptedAsync(started, cancellationToken);
        }
        catch (CannotContinueException e) when (e.Reason is FindingKinds.LedgerBroken)
        {
            _trouble = e.Message;
            await TellAsync(Broken(e.Message, e.Remedy), cancellationToken);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Raises a finding when no run has reached the ledger's end for hours.</summary>
    private async Task WatchAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = _verifiedAt ??= now;
        (_trouble, _isLate) = (null, now - since > MaxUnverified);
        if (_isLate)
        {
            _mayBeOpen = true;
            try
            {
                await TellAsync(Unverified(since), cancellationToken);
            }
            catch (Exception e) when (e is RetryLaterException or CannotContinueException)
            {
                // The cause may block findings as well as the ledger. The log has it, and verification goes on.
            }
        }
    }

    /// <summary>Verifies, and begins anew when approvers have accepted the ledger that was found broken.</summary>
    private async Task<long> VerifyAcceptedAsync(DateTimeOffset started, CancellationToken cancellationToken)
    {
        try
        {
            return await VerifyAsync(started, cancellationToken);
        }
        catch (CannotContinueException e) when (e.Reason is FindingKinds.LedgerBroken && _signed is not null)
        {
            if (!await IsNewlyAcceptedAsync(_signed, cancellationToken))
            {
                throw;
            }

            (_position, _newest, _isOldBroken) = (null, null, false);
            _old.Reset();
            return await VerifyAsync(started, cancellationToken);
        }
    }

    private static async Task<bool> IsNewlyAcceptedAsync(SignedCheckpoints signed, CancellationToken cancellationToken)
    {
        try
        {
            return await signed.ReadAcceptancesAsync(cancellationToken);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // The acceptances cannot be read: the ledger stays broken.
            return false;
        }
    }

    private async Task<long> VerifyAsync(DateTimeOffset started, CancellationToken cancellationToken)
    {
        // 1. The first run of a process begins in the segment of the newest checkpoint, every later run where the last one ended.
        var stopAt = started + RunTime;
        _position ??= await BeginAsync(cancellationToken);

        // 2. Verify the chain, line by line, and the checkpoint on the way.
        var isAtEnd = await WalkAsync(stopAt, cancellationToken);
        if (isAtEnd && _position.Number < _newest?.Lines)
        {
            throw LedgerChain.Broken($"it ends at line {_position.Number}, but line {_newest.Lines} was checkpointed");
        }

        // 3. Sign the next checkpoint. A new process goes on from one that is signed halfway.
        if (_signed is null)
        {
            await TellAsync(NoCheckpoints(), cancellationToken);
        }
        else if (!_isOldBroken && IsCheckpointDue(isAtEnd))
        {
            await CheckpointAsync(
                _signed,
                new(_governedKeys.Environment, _position.Number, _position.Hash!, _timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        if (isAtEnd)
        {
            await VerifiedAsync(cancellationToken);
        }

        // 4. Verify one old segment an hour.
        if (_timeProvider.GetUtcNow() < stopAt)
        {
            await VerifyOldAsync(stopAt, cancellationToken);
        }

        return _position.Number;
    }

    private async Task<LedgerPosition> BeginAsync(CancellationToken cancellationToken)
    {
        if (_signed is null)
        {
            return LedgerPosition.Start;
        }

        await _signed.ReadAcceptancesAsync(cancellationToken);
        _mayBeAccepted = _signed.Acceptance is not null;
        _newest = await _signed.NewestAsync(lines => RefuseAsync(lines, cancellationToken), cancellationToken);
        return _newest is null ? LedgerPosition.Start : await LedgerPosition.BeforeAsync(_segments, _newest.Lines, cancellationToken);
    }

    private async Task<bool> WalkAsync(DateTimeOffset stopAt, CancellationToken cancellationToken)
    {
        var reader = new SegmentReader(_segments, _position!);
        while (await reader.NextAsync(cancellationToken) is { } lines)
        {
            foreach (var line in lines)
            {
                await TakeAsync(line, cancellationToken);
                _position = line.After;
            }

            if (_timeProvider.GetUtcNow() >= stopAt)
            {
                return false;
            }
        }

        return true;
    }

    private async Task TakeAsync(PlacedLine line, CancellationToken cancellationToken)
    {
        var number = line.Line.Number;
        if (_newest?.Lines == number && !string.Equals(_newest.Hash, line.Hash, StringComparison.Ordinal))
        {
            throw LedgerChain.Broken($"line {number} is not the one that was checkpointed");
        }

        if (string.Equals(line.Line.Entry.Kind, LedgerKinds.LedgerCheckpointed, StringComparison.Ordinal))
        {
            // The line about a checkpoint is no reason for another checkpoint. Another process may have made it.
            await TakeCheckpointAsync(line.Line, cancellationToken);
            return;
        }

        _lastOrdinary = number;
        if (string.Equals(line.Line.Entry.Kind, LedgerKinds.TrustEnded, StringComparison.Ordinal))
        {
            _lastTrustEnded = number;
        }
    }

    private async Task TakeCheckpointAsync(LedgerLine line, CancellationToken cancellationToken)
    {
        if (_signed is null)
        {
            return;
        }

        var document = Encoding.ASCII.GetBytes(line.Entry.Facts.GetValueOrDefault("checkpoint", ""));
        if (await _signed.OpenAsync(document, cancellationToken) is not { } made || made.Lines >= line.Number)
        {
            await RefuseAsync(line.Number, cancellationToken);
        }
        else if (made.Lines > (_newest?.Lines ?? 0))
        {
            _newest = made;
        }
    }

    private bool IsCheckpointDue(bool isAtEnd)
    {
        var (lines, at) = _newest is null ? (0, DateTimeOffset.MinValue) : (_newest.Lines, _newest.At);
        return _lastTrustEnded > lines || (_lastOrdinary > lines && (!isAtEnd || _timeProvider.GetUtcNow() - at >= CheckpointEvery));
    }

    private async Task CheckpointAsync(SignedCheckpoints signed, LedgerCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var document = await signed.KeepAsync(checkpoint, cancellationToken);

        // The line is sent with the events, and so leaves the subscription.
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["lines"] = $"{checkpoint.Lines}",
            ["hash"] = checkpoint.Hash,
            ["checkpoint"] = Encoding.ASCII.GetString(document),
        };
        await _ledger.AppendAsync(
            new($"ledger-checkpointed/{checkpoint.Lines}", LedgerKinds.LedgerCheckpointed, _governedKeys.Environment, facts),
            cancellationToken
        );
        _newest = checkpoint;
    }

    private async Task VerifyOldAsync(DateTimeOffset stopAt, CancellationToken cancellationToken)
    {
        try
        {
            await _old.VerifyAsync(_position!, stopAt, lines => RefuseAsync(lines, cancellationToken), cancellationToken);
            _isOldBroken = false;
        }
        catch (CannotContinueException e) when (e.Reason is FindingKinds.LedgerBroken)
        {
            // A ledger whose past has changed gets no more checkpoints.
            _isOldBroken = true;
            throw;
        }
    }

    private async Task VerifiedAsync(CancellationToken cancellationToken)
    {
        (_verifiedAt, _isLate) = (_timeProvider.GetUtcNow(), false);
        if (_mayBeAccepted && _trouble is null)
        {
            _toldAt.Remove(FindingKinds.LedgerBroken);
            await _findings.CloseAsync(
                Finding.IdOf(FindingKinds.LedgerBroken, _governedKeys.Environment),
                $"Two approvers accepted the ledger (decision {_signed!.Acceptance!.Decision}), and it was verified up to its last line.",
                cancellationToken
            );
        }

        _mayBeAccepted = false;

        if (_mayBeOpen)
        {
            await _findings.CloseAsync(
                Finding.IdOf(FindingKinds.LedgerUnverified, _governedKeys.Environment),
                "The ledger was verified up to its last line.",
                cancellationToken
            );
            _mayBeOpen = false;
            _toldAt.Remove(FindingKinds.LedgerUnverified);
        }
    }

    private async Task RefuseAsync(long lines, CancellationToken cancellationToken)
    {
        _trouble = $"The checkpoint at line {lines} is refused: the pinned key did not sign it for this environment.";
        await TellAsync(Broken(_trouble, "Check who can write to the container of checkpoints, and keep it as it is."), cancellationToken);
    }

    /// <summary>Reports the finding at most once an hour while it lasts.</summary>
    private async Task TellAsync(Finding finding, CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        if (!_toldAt.TryGetValue(finding.Kind, out var at) || now - at >= TellEvery)
        {
            await _findings.RaiseAsync(finding, cancellationToken);
            _toldAt[finding.Kind] = now;
        }
    }

    private Finding Broken(string what, string remedy) => Of(FindingKinds.LedgerBroken, Severity.Critical, what, remedy);

    private Finding Unverified(DateTimeOffset since) =>
        Of(
            FindingKinds.LedgerUnverified,
            Severity.High,
            $"The ledger has not been verified since {since:u}.",
            "Read the log of the function VerifyLedger: the evidence account or the vault of the checkpoint key is the likely cause."
        );

    private Finding NoCheckpoints() =>
        Of(
            FindingKinds.LedgerWithoutCheckpoints,
            Severity.Medium,
            "The ledger is chained, but no checkpoint key is configured: the owner of its storage could rewrite it.",
            "Make a key for checkpoints under another identity, and set Azure:CheckpointKeyVault, CheckpointKeyName, "
                + "CheckpointClientId and "
                + "CheckpointThumbprint."
        );

    private Finding Of(string kind, Severity severity, string title, string remedy) =>
        new(
            kind,
            _governedKeys.Environment,
            severity,
            title,
            remedy,
            new Dictionary<string, string>(StringComparer.Ordinal),
            _timeProvider.GetUtcNow(),
            _timeProvider.GetUtcNow()
        );
}
