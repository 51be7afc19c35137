using Microsoft.Extensions.Logging;
using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Documents;

/// <summary>
/// The held trust list, and the document keys that it names. A pulled list replaces the held one when the pinned key has signed it for
/// this environment, it is still valid, it is not older than the held one, and it comes from the same ledger.
/// </summary>
internal sealed class PulledTrustList(PullOptions options, DocumentFolder folder, TimeProvider timeProvider, ILogger log)
{
    /// <summary>How long signing a list again may take.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(15);

    private byte[] _bytes = [];

    /// <summary>The held list; null when there is none.</summary>
    public TrustList? List { get; private set; }

    public PinnedKeys Keys { get; } = new(options.PinnedKey());

    /// <summary>Reads the last good list from disk. A list whose validity has ended counts as a memory of its number only.</summary>
    public void Load()
    {
        // 1. Follow the changes of the document key: each is proved by a list that the key before it has signed.
        folder.Create();
        for (var n = 1; folder.Read(DocumentFolder.KeyChange(n)) is { } change; n++)
        {
            if (OpenKept(change, TrustDocuments.Open, DocumentFolder.KeyChange(n)) is (var announcing, var by))
            {
                Keys.Follow(announcing, by);
                if (announcing.NextDocumentKey is { } next)
                {
                    Keys.Follow(announcing with { NextDocumentKey = null }, next);
                }
            }
        }

        // 2. Read the list.
        if (
            folder.Read(TrustDocuments.TrustListName) is { } kept
            && OpenKept(kept, TrustDocuments.Open, TrustDocuments.TrustListName) is (var list, var signer)
        )
        {
            (List, _bytes) = (list, kept);
            Keys.Follow(list, signer);
        }
    }

    /// <summary>Takes over a pulled list; says why it is refused.</summary>
    /// <param name="use">Called when the list has changed, before it is kept.</param>
    public string? Accept(byte[] pulled, Action use)
    {
        try
        {
            var (list, by) = Keys.Open(k => TrustDocuments.Open(pulled, k.Key, k.Algorithm, options.Environment));
            if (Refusal(PulledList.Of(list), List is { } held ? PulledList.Of(held) : null) is { } refusal)
            {
                return refusal;
            }

            var announcing = _bytes;
            if (Keys.Follow(list, by))
            {
                folder.Write(DocumentFolder.KeyChange(Keys.Changes), announcing);
                log.LogWarning("Rekey's document key has changed, as announced. Thumbprint: {Thumbprint}", by.Key.Thumbprint);
            }

            if (list.Sequence != List?.Sequence || list.MadeAt != List.MadeAt)
            {
                (List, _bytes) = (list, pulled);
                use();
                folder.Write(TrustDocuments.TrustListName, pulled);
            }

            return null;
        }
        catch (CannotContinueException e)
        {
            return e.Message;
        }
    }

    /// <summary>Why a pulled list is refused; null when it is not.</summary>
    public string? Refusal(PulledList pulled, PulledList? held) => pulled.Refusal(held, options.Role, timeProvider.GetUtcNow());

    /// <summary>Opens a document of the program's own disk; null when it does not count.</summary>
    public (T Document, DocumentKey By)? OpenKept<T>(byte[] kept, DocumentOpening<T> open, string name)
    {
        try
        {
            return Keys.OpenKept(k => open(kept, k.Key, k.Algorithm, options.Environment));
        }
        catch (CannotContinueException e)
        {
            log.LogWarning(
                "Rekey's {Role} does not use {Name} in {Folder}. Reason: {Reason}",
                options.Role,
                name,
                options.ListFolder,
                e.Message
            );
            return null;
        }
    }

    /// <summary>Whether a newer list should have come long ago: Rekey signs it again when half of its validity has passed.</summary>
    public static bool IsLate(DateTimeOffset madeAt, DateTimeOffset validUntil, DateTimeOffset now) =>
        now > madeAt + ((validUntil - madeAt) / 2) + Lateness;
}
