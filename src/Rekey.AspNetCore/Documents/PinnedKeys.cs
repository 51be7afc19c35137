using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Documents;

/// <summary>
/// The document keys that a gateway or an issuer trusts: the pinned one, and each that a list announced which its predecessor has
/// signed. Pulled documents count under the last of them and under the one that is announced now.
/// </summary>
internal sealed class PinnedKeys(DocumentKey configured)
{
    private readonly List<DocumentKey> _chain = [configured];
    private DocumentKey? _announced;

    /// <summary>How many changes of the key were followed.</summary>
    public int Changes => _chain.Count - 1;

    /// <summary>Opens a pulled document.</summary>
    /// <exception cref="CannotContinueException">Neither the pinned nor the announced key has signed it for this environment.</exception>
    public (T Document, DocumentKey By) Open<T>(Func<DocumentKey, T> open) =>
        Try(open, _announced is null ? [_chain[^1]] : [_chain[^1], _announced]);

    /// <summary>Opens a document of its own disk, which an earlier key may have signed.</summary>
    /// <exception cref="CannotContinueException">No key of the chain has signed it for this environment.</exception>
    public (T Document, DocumentKey By) OpenKept<T>(Func<DocumentKey, T> open) =>
        Try(open, [.. _chain.AsEnumerable().Reverse(), .. _announced is null ? (DocumentKey[])[] : [_announced]]);

    /// <summary>Takes over what an accepted list says of keys. True when it was signed with the announced key, which is the pinned one
    /// from then on.</summary>
    public bool Follow(TrustList accepted, DocumentKey by)
    {
        var hasChanged = by == _announced;
        if (hasChanged)
        {
            _chain.Add(by);
        }

        _announced = accepted.NextDocumentKey is { } next && next != _chain[^1] ? next : null;
        return hasChanged;
    }

    private static (T, DocumentKey) Try<T>(Func<DocumentKey, T> open, DocumentKey[] keys)
    {
        for (var n = 0; ; n++)
        {
            try
            {
                return (open(keys[n]), keys[n]);
            }
            catch (CannotContinueException) when (n < keys.Length - 1)
            {
                // The next key may have signed it.
            }
        }
    }
}
