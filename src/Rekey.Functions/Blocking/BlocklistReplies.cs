using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;

namespace Rekey.Functions.Blocking;

/// <summary>
/// The replies made of one state of the blocklist. Gateways ask with the same few cursors, so each reply is made once and kept for as long
/// as the state lasts; how many are kept is bounded.
/// </summary>
public sealed class BlocklistReplies
{
    private const int MaxKept = 32;

    private readonly ConcurrentDictionary<(long? Since, bool Gzip), Lazy<byte[]>> _kept = new();

    /// <summary>The reply for a cursor; null, or one that is too old or too new, gets the whole list.</summary>
    public byte[] Get(SignedBlocklist view, long? since, bool gzip)
    {
        var cursor = since is { } number && number >= view.Changes.Base && number <= view.Changes.Sequence ? since : null;
        return _kept.Count < MaxKept || _kept.ContainsKey((cursor, gzip))
            ? _kept.GetOrAdd((cursor, gzip), key => new(() => Make(view, key.Since, key.Gzip))).Value
            : Make(view, cursor, gzip);
    }

    private byte[] Make(SignedBlocklist view, long? since, bool gzip)
    {
        if (gzip)
        {
            var plain = Get(view, since, gzip: false);
            using var packed = new MemoryStream(plain.Length / 2);
            using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                zip.Write(plain);
            }

            return packed.ToArray();
        }

        // Compact JWS need no escaping: the parts are spliced as they lie in the documents.
        var head = Encoding.ASCII.GetBytes(
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $$"""{"sequence":{{view.Changes.Sequence}},"full":{{(since is null ? "true" : "false")}}"""));
        var parts = since is null ? (byte[])[.. ",\"base\":"u8, .. PartsOf(view)] : [];
        var changes = string.Join(',', view.Changes.Changes.Skip((int)((since ?? view.BaseNumber) - view.Changes.Base))
            .Select(c => $"\"{c}\""));
        return [.. head, .. parts, .. Encoding.ASCII.GetBytes($",\"changes\":[{changes}],\"head\":\"{view.Changes.Head}\"}}")];
    }

    /// <summary>The array of the base's parts as the document has it.</summary>
    private static ReadOnlySpan<byte> PartsOf(SignedBlocklist view)
    {
        var content = view.BaseDocument.Content.Span;
        return content[content.IndexOf((byte)'[')..(content.LastIndexOf((byte)']') + 1)];
    }
}
