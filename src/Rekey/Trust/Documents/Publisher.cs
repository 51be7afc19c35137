using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Trust.Documents;

/// <summary>
/// Publishes one kind of document. Callers that come during a publication share the next one. Tries are bounded, with a pause between
/// them. A document that cannot be written is a finding at once, which is closed when it can be written again.
/// </summary>
/// <param name="name">The document's name in findings.</param>
/// <param name="publishOnce">One try, which reads everything again if asked to; null when another publisher was faster.</param>
internal sealed class Publisher<T>(
    string name,
    Func<bool, CancellationToken, Task<T?>> publishOnce,
    IDocuments documents,
    IFindings findings,
    TimeProvider timeProvider
) : IDisposable
    where T : class
{
    /// <summary>How many lost races until the caller must retry later.</summary>
    private const int Tries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private bool _afresh;
    private long _asked;
    private long _served;
    private T? _published;

    /// <summary>Whether a finding about this document may be open: a new process cannot know.</summary>
    private bool _told = true;

    /// <summary>Publishes, and returns the document with everything that was in the ledger at the call.</summary>
    public async Task<T> PublishAsync(bool afresh, CancellationToken cancellationToken)
    {
        var ticket = Ask(afresh);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_served < ticket)
            {
                // Another caller's failed publication is tried again for this caller.
                var (upTo, all) = Take(afresh);
                _published = await TriesAsync(all, cancellationToken);
                _served = upTo;
            }

            return _published!;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the stored document.</summary>
    public Task<Document?> FindAsync(DocumentKind kind, Document? known, CancellationToken cancellationToken) =>
        WithContainerAsync(() => documents.FindAsync(kind, known, cancellationToken), cancellationToken);

    /// <summary>Writes a document; null when another publisher was faster.</summary>
    public Task<Document?> PutAsync(
        DocumentKind kind,
        ReadOnlyMemory<byte> content,
        Document? replaces,
        CancellationToken cancellationToken
    ) => WithContainerAsync(() => documents.PublishAsync(kind, content, replaces?.ETag, cancellationToken), cancellationToken);

    /// <summary>Reports that the ledger lacks what the document has, and publishes nothing.</summary>
    public async Task RefuseAsync(string contradiction, CancellationToken cancellationToken)
    {
        var finding = DocumentFindings.LedgerBroken(name, contradiction, timeProvider.GetUtcNow());
        _told = true;
        await findings.RaiseAsync(finding, cancellationToken);
        throw new CannotContinueException(FindingKinds.LedgerBroken, finding.Title, finding.Remedy);
    }

    public void Dispose() => _turn.Dispose();

    private long Ask(bool afresh)
    {
        lock (_lock)
        {
            _afresh |= afresh;
            return ++_asked;
        }
    }

    private (long UpTo, bool Afresh) Take(bool afresh)
    {
        lock (_lock)
        {
            var all = afresh || _afresh;
            _afresh = false;
            return (_asked, all);
        }
    }

    private async Task<T> TriesAsync(bool afresh, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (await publishOnce(afresh, cancellationToken) is { } published)
            {
                await CloseAsync(cancellationToken);
                return published;
            }

            await Task.Delay(Pause * attempt, timeProvider, cancellationToken);
        }

        throw await FailedAsync($"Other publishers changed it {Tries} times.", inner: null, cancellationToken);
    }

    private async Task<TResult> WithContainerAsync<TResult>(Func<Task<TResult>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            throw await FailedAsync(e.Message, e, cancellationToken);
        }
    }

    private async Task<RetryLaterException> FailedAsync(string why, Exception? inner, CancellationToken cancellationToken)
    {
        _told = true;
        try
        {
            await findings.RaiseAsync(DocumentFindings.CannotPublish(name, why, timeProvider.GetUtcNow()), cancellationToken);
        }
        catch (RetryLaterException)
        {
            // The tables are in the same account: the log has it, and the next try reports it.
        }

        return new RetryLaterException($"The document {name} cannot be published: {why}", TimeSpan.FromSeconds(5), inner)
        {
            Reason = FindingKinds.CannotPublish,
        };
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_told)
        {
            var now = timeProvider.GetUtcNow();
            await findings.CloseAsync(DocumentFindings.CannotPublish(name, "", now).Id, "It was published.", cancellationToken);
            await findings.CloseAsync(
                DocumentFindings.LedgerBroken(name, "", now).Id,
                "The ledger has what the document has.",
                cancellationToken
            );
            _told = false;
        }
    }
}
