using System.Text.Json;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>
/// A signed document as it was opened last. A writer of the container, or one who empties it, must not stop every login with one deed:
/// what is gone or refused leaves the last good one in force for <see cref="TrustOptions.StaleTime"/>, and is a finding at once.
/// </summary>
/// <param name="what">Of which document, for the log.</param>
/// <param name="refused">The finding about a refusal, from its reason and time; with the same id each time.</param>
public sealed class LastGood<T>(string what, Func<string, DateTimeOffset, Finding> refused, TrustOptions options, IFindings findings,
    TimeProvider clock, ILogger log) : IDisposable where T : class
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Opened? _good;
    private Refusal? _refusal;

    /// <summary>What this document says; the last good one for a while after another was refused.</summary>
    /// <param name="document">What is published now; null when nothing is.</param>
    /// <param name="open">Opens and checks it, with what was opened last.</param>
    /// <exception cref="RetryLaterException">Nothing was published yet, or it cannot be used and nothing may stand in for it.</exception>
    public ValueTask<T> GetAsync(Document? document, Func<Document, T?, Task<T>> open, CancellationToken cancel) =>
        Known(document) is { } known ? new(known) : new(OpenAsync(document, open, cancel));

    public void Dispose() => _turn.Dispose();

    /// <summary>What this document leads to without being opened; null when it must be.</summary>
    private T? Known(Document? document)
    {
        var (good, refusal) = (_good, _refusal);
        if (good is null || ReferenceEquals(good.Document, document))
        {
            return good?.Value;
        }

        // What was refused a moment ago is not opened again for every caller.
        return refusal is not null && ReferenceEquals(refusal.Document, document)
            && clock.GetUtcNow() - refusal.TriedAt < options.InstanceCache && StandsIn(refusal) ? good.Value : null;
    }

    private bool StandsIn(Refusal refusal) => clock.GetUtcNow() - refusal.Since < options.StaleTime;

    private async Task<T> OpenAsync(Document? document, Func<Document, T?, Task<T>> open, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (Known(document) is { } known)
            {
                return known;
            }

            var opened = await open(document ?? throw new RetryLaterException($"No {what} was published yet, or it is gone."),
                _good?.Value);
            _good = new(document, opened);
            if (_refusal is not null)
            {
                _refusal = null;
                await TellAsync(() => findings.CloseAsync(
                    refused("", clock.GetUtcNow()).Id, "One that bears our signature and follows the one before is published again.",
                    cancel));
            }

            return opened;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException or JsonException)
        {
            return await StandInAsync(document, e, cancel)
                ?? throw new RetryLaterException($"The published {what} cannot be used: {e.Message}", inner: e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T?> StandInAsync(Document? document, Exception why, CancellationToken cancel)
    {
        if (_good is not { } good)
        {
            return null;
        }

        var (before, now) = (_refusal, clock.GetUtcNow());
        var refusal = _refusal = new(document, before?.Since ?? now, now);
        log.LogError("A published document is refused; the last good one stands in for {StaleTime} since {Since}. Name: {Name}. Reason: {Reason}", options.StaleTime, refusal.Since, what, why.Message);
        if (before is null)
        {
            await TellAsync(() => findings.RaiseAsync(refused(why.Message, now), cancel));
        }

        return StandsIn(refusal) ? good.Value : null;
    }

    /// <summary>No login waits because a finding cannot be written: the log has it.</summary>
    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (RetryLaterException e)
        {
            log.LogError("A finding about a published document could not be kept. Name: {Name}. Reason: {Reason}", what, e.Message);
        }
    }

    /// <summary>One reference, written at once: a document never goes with what another one says.</summary>
    private sealed record Opened(Document Document, T Value);

    /// <param name="Since">When one was first refused, since the last good one.</param>
    /// <param name="TriedAt">When it was last tried.</param>
    private sealed record Refusal(Document? Document, DateTimeOffset Since, DateTimeOffset TriedAt);
}
