using System.Collections.Concurrent;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>
/// The published documents, as this instance serves them: kept for <see cref="TrustOptions.InstanceCache"/>, and for
/// <see cref="TrustOptions.StaleTime"/> more when the storage cannot be reached. Whether what is there may be believed is for whoever opens
/// it. Callers that come while one is read share that reading.
/// </summary>
public sealed class PublishedDocuments(IDocuments documents, TrustOptions options, TimeProvider clock, ILogger<PublishedDocuments> log)
{
    /// <summary>How long a storage that does not answer may hold up a caller for whom a document is in memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);

    /// <summary>The document; null when none was published.</summary>
    /// <param name="anew">Whether it is read also when it was read just now: another document says that there is a newer one.</param>
    public ValueTask<Document?> FindAsync(string name, CancellationToken cancel, bool anew = false)
    {
        var shelf = _shelves.GetOrAdd(name, static _ => new());
        if (!anew && shelf.Held is { } held && clock.GetUtcNow() - held.TriedAt < options.InstanceCache)
        {
            return new(held.Document);
        }

        lock (shelf)
        {
            // A reading is nobody's own: it ends by the storage's time-outs, not with the caller who happened to be first.
            shelf.Reading ??= Task.Run(() => ReadAsync(name, shelf), CancellationToken.None);
            return new(shelf.Reading.WaitAsync(cancel));
        }
    }

    private async Task<Document?> ReadAsync(string name, Shelf shelf)
    {
        try
        {
            return await ReadAsync(name, shelf, shelf.Held);
        }
        finally
        {
            lock (shelf)
            {
                shelf.Reading = null;
            }
        }
    }

    private async Task<Document?> ReadAsync(string name, Shelf shelf, Held? held)
    {
        var now = clock.GetUtcNow();

        // While it may stand in, nobody waits for the storage's own time-outs, which are those of work that can wait.
        var standsIn = held is not null && now - held.At < options.InstanceCache + options.StaleTime;
        using var limit = new CancellationTokenSource(standsIn ? Patience : Timeout.InfiniteTimeSpan);
        try
        {
            var read = await documents.FindAsync(name, limit.Token);
            // What is the same stays the same object: whoever has opened it need not do so again.
            var document = held is not null && read is not null && held.Document.ETag == read.ETag ? held.Document : read;
            shelf.Held = document is null ? null : new(document, now, now);
            return document;
        }
        catch (Exception e) when (standsIn && e is RetryLaterException or OperationCanceledException)
        {
            // Not asked again for a while: the next caller need not wait as well.
            shelf.Held = held! with { TriedAt = clock.GetUtcNow() };
            log.LogError("A published document is served from memory. Name: {Name}. Reason: {Reason}", name, e.Message);
            return held.Document;
        }
    }

    /// <summary>One document's place.</summary>
    private sealed class Shelf
    {
        public volatile Held? Held;

        public Task<Document?>? Reading;
    }

    /// <param name="At">When it was last read.</param>
    /// <param name="TriedAt">When it was last tried to read it.</param>
    private sealed record Held(Document Document, DateTimeOffset At, DateTimeOffset TriedAt);
}
